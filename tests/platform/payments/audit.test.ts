import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { MemberId } from '#contracts/ids'
import { Books, Incident } from '#contracts/payments'
import { CTX, newMember, type PaymentsAlone, startPayments } from './alone.ts'

const operator = newMember()
let payments: PaymentsAlone
beforeAll(async () => {
  payments = await startPayments()
})
afterAll(() => payments.close())

const asOperator = (method: string, path: string, json?: object) =>
  payments.call(method, `operator/payments/${path}`, {
    as: operator,
    role: 'operator',
    ...(json === undefined ? {} : { json }),
  })
const Incidents = z.object({ items: z.array(Incident), nextCursor: z.string().nullable() })
const incidents = async (query = '') => Incidents.parse((await asOperator('GET', `incidents${query}`)).json)
const about = async (aggregate: string) =>
  (await incidents('?state=open&limit=50')).items.filter((incident) => incident.aggregate === aggregate)
const close = (id: string, how: 'correct' | 'dismiss') =>
  asOperator('POST', `incidents/${id}/close`, { how, note: '장부를 살펴봤어요' })

/** Does to a balance what no program of ours does. */
const tamper = (memberId: MemberId, difference: number) =>
  payments.db
    .prepare('UPDATE accounts SET balance = balance + CAST(? AS INTEGER) WHERE owner = ?')
    .bind(difference, memberId)
    .run()

async function theOne(aggregate: string): Promise<Incident> {
  const [incident, ...others] = await about(aggregate)
  if (!incident || others.length > 0) throw new Error(`${others.length} other incidents about ${aggregate}`)
  return incident
}

describe('sound books', () => {
  it('come to nothing with all accounts together, and say when they were gone through', async () => {
    const payer = await payments.holder(10_000)
    await payments.held(payer, 4_000)
    await payments.tick()
    const books = Books.parse((await asOperator('GET', 'books')).json)
    const platform = books.accounts.reduce((sum, { balance }) => sum + balance, 0)
    expect(platform + books.members.balance).toBe(0)
    expect(books.members).toEqual({ balance: 10_000, held: 4_000, wallets: 1 })
    expect(books.openHolds).toEqual({ count: 1, amount: 4_000 })
    expect(books.accounts.map(({ account }) => account)).toContain('escrow')
    expect([books.auditedAt === null, books.openIncidents]).toEqual([false, 0])
  })
})

describe('a wallet whose books are off', () => {
  it.each([500, -500])(
    'by %i stands still until an operator has written the proposed entry',
    async (difference) => {
      const [memberId, other] = [await payments.holder(10_000), await payments.holder(10_000)]
      const held = await payments.held(memberId, 1_000)
      await tamper(memberId, difference)
      await payments.tick()
      await payments.tick()
      const incident = await theOne(`member:${memberId}`)
      expect(incident).toMatchObject({ invariant: 'balance_is_sum_of_entries', difference, state: 'open' })
      expect(incident.proposal?.amount).toBe(500)
      expect((await payments.walletOf(memberId)).frozen).toBe(true)

      const moves = [
        (await payments.send(memberId, { toMemberId: other, amount: 100 })).code,
        (await payments.send(other, { toMemberId: memberId, amount: 100 })).code,
        (await payments.take(held, 1_000)).ok,
        (await payments.PAYMENTS.release(CTX, { holdIds: [held.holdId] })).ok,
      ]
      expect(moves).toEqual(['WALLET_FROZEN', 'WALLET_FROZEN', false, false])
      expect((await payments.send(other, { toMemberId: newMember(), amount: 100 })).status).toBe(201)

      expect((await close(incident.id, 'correct')).json).toMatchObject({ state: 'corrected' })
      expect((await close(incident.id, 'correct')).code).toBe('CONFLICT')
      const wallet = await payments.walletOf(memberId)
      expect(wallet).toMatchObject({ total: 10_000 + difference, held: 1_000, frozen: false })
      await payments.tick()
      expect(await about(`member:${memberId}`)).toEqual([])
      expect((await payments.send(memberId, { toMemberId: other, amount: 100 })).status).toBe(201)
    },
  )

  it('moves again when an operator lets it be, and the same is not raised again', async () => {
    const memberId = await payments.holder(10_000)
    await tamper(memberId, 70)
    await payments.tick()
    const { id } = await theOne(`member:${memberId}`)
    expect((await close(id, 'dismiss')).json).toMatchObject({ state: 'dismissed', note: '장부를 살펴봤어요' })
    await payments.tick()
    expect(await about(`member:${memberId}`)).toEqual([])
    expect((await payments.walletOf(memberId)).frozen).toBe(false)
    await tamper(memberId, 1)
    await payments.tick()
    expect(await theOne(`member:${memberId}`)).toMatchObject({ difference: 71 })
  })

  it('by what is held is set to what the open holds say', async () => {
    const memberId = await payments.holder(10_000)
    await payments.held(memberId, 1_000)
    await payments.db.prepare('UPDATE accounts SET held = held + 30 WHERE owner = ?').bind(memberId).run()
    await payments.tick()
    const { id, invariant, proposal } = await theOne(`member:${memberId}`)
    expect([invariant, proposal]).toEqual(['held_is_sum_of_open_holds', null])
    expect((await close(id, 'correct')).status).toBe(200)
    expect(await payments.walletOf(memberId)).toMatchObject({ held: 1_000, frozen: false })
  })
})

describe('a hold', () => {
  it('whose trade has ended, or is not known after a while, is found and given back by an operator', async () => {
    const payer = await payments.holder(10_000)
    const [kept, left, lost] = [
      await payments.held(payer, 1_000),
      await payments.held(payer, 2_000),
      await payments.held(payer, 3_000),
    ]
    await payments.tell({ kind: 'trade', id: idOf(kept), state: 'paid' })
    await payments.tell({ kind: 'trade', id: idOf(left), state: 'cancelled' })
    const laterMs = 5 * 60_000
    await payments.tick()
    expect([...(await about(left.holdId)), ...(await about(lost.holdId))]).toEqual([])
    await payments.tell({ kind: 'answers', are: 'missing' })
    await payments.tick(laterMs)
    await payments.tell({ kind: 'answers', are: 'given' })
    expect(await about(lost.holdId)).toEqual([])
    await payments.tick(laterMs)
    expect(await about(kept.holdId)).toEqual([])
    expect((await theOne(left.holdId)).explanation).toContain('cancelled')
    const { id } = await theOne(lost.holdId)
    expect((await payments.walletOf(payer)).frozen).toBe(false)
    expect((await close(id, 'correct')).status).toBe(200)
    expect(await payments.walletOf(payer)).toMatchObject({ held: 3_000, balance: 7_000 })
  })

  const idOf = ({ cause }: Awaited<ReturnType<PaymentsAlone['held']>>) => cause.id
})

describe('the books', () => {
  it('are the operators’ alone to see', async () => {
    const member = await payments.call('GET', 'operator/payments/books', { as: newMember() })
    const guest = await payments.call('GET', 'operator/payments/incidents')
    expect([member.status, guest.status]).toEqual([403, 401])
  })

  it('list what was found page by page, and take a report of another domain once', async () => {
    const report = {
      key: 'day-1',
      invariant: 'coupons_within_total',
      aggregate: 'cmp_day_1',
      difference: 3,
    } as const
    for (let times = 0; times < 2; times++)
      await payments.PAYMENTS.reportIncident(CTX, { ...report, explanation: 'three more than there are' })
    const reported = await theOne('cmp_day_1')
    expect((await close(reported.id, 'correct')).code).toBe('CONFLICT')
    const first = await incidents('?limit=1')
    const second = await incidents(`?limit=1&cursor=${first.nextCursor}`)
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id)
    expect((await asOperator('GET', `incidents?state=open&cursor=${first.nextCursor}`)).code).toBe(
      'CURSOR_INVALID',
    )
    expect((await close('inc_00000000000000000000000000', 'dismiss')).code).toBe('NOT_FOUND')
  })
})
