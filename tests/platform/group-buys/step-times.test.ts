import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MadangEvent } from '#contracts/events'
import { ARRIVE_WITHIN_MS, HAND_OVER_WITHIN_MS, MyGroupBuy, PURCHASE_WITHIN_MS } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { DAY_MS, HOUR_MS } from '#kit/clock'
import { eventually } from '../../support/platform.ts'
import { type GroupBuysAlone, newMember, startGroupBuys } from './alone.ts'

let yard: GroupBuysAlone
let host: MemberId
beforeAll(async () => {
  yard = await startGroupBuys()
  // A tick that is days ahead forgets what was told days before: here it is kept.
  await yard.db.batch([
    yard.db.prepare('CREATE TABLE told (event TEXT NOT NULL) STRICT'),
    yard.db.prepare(
      'CREATE TRIGGER told_is_kept AFTER INSERT ON outbox BEGIN INSERT INTO told VALUES (new.event); END',
    ),
  ])
})
afterAll(() => yard.close())

/** One that is full: its member has two units for 18,000 won. */
async function filled(): Promise<{ id: string; member: MemberId }> {
  host = newMember()
  const member = await yard.rich()
  const { id } = await yard.open(host, { hostUnits: 8 })
  await yard.join(member, id, 2)
  await eventually(async () => expect((await mine(id)).groupBuy.state).toBe('filled'))
  return { id, member }
}
const mine = async (id: string, as = host): Promise<MyGroupBuy> =>
  MyGroupBuy.parse((await yard.call('GET', `group-buys/${id}/mine`, { as })).json)
const act = async (id: string, what: string, json: object = {}): Promise<MyGroupBuy> => {
  const answer = await yard.call('POST', `group-buys/${id}/${what}`, { as: host, json })
  expect(answer.status, answer.text).toBe(200)
  return MyGroupBuy.parse(answer.json)
}
const RECEIPT = { goods: 90_000, shipping: 0 }
const purse = async (who: MemberId) => (await yard.tell({ kind: 'wallets', of: [who] })).wallets[0]
const daysUntil = (iso: string | null) => Math.round((Date.parse(iso ?? '') - Date.now()) / DAY_MS)
const toldOf = async (id: string): Promise<MadangEvent[]> => {
  const { results } = await yard.db
    .prepare("SELECT event FROM told WHERE event ->> 'aggregateId' = ? ORDER BY rowid")
    .bind(id)
    .all<{ event: string }>()
  return results.map(({ event }) => MadangEvent.parse(JSON.parse(event)))
}
const remindedOf = async (id: string) =>
  (await toldOf(id)).flatMap((fact) => (fact.type === 'group_buy.host_due' ? [fact.data.step] : []))
const timesCancelled = async (id: string) =>
  (await toldOf(id)).filter(({ type }) => type === 'group_buy.cancelled').length

describe('the time of a host’s step', () => {
  it('for the receipt is a week: reminded once a day before, then called off by itself, and all money is back once', async () => {
    const { id, member } = await filled()
    const told = await mine(id, member)
    expect(daysUntil(told.nextStepBy)).toBe(7)
    await yard.tick(PURCHASE_WITHIN_MS - 2 * DAY_MS)
    expect(await remindedOf(id)).toEqual([])
    await yard.tick(PURCHASE_WITHIN_MS - 20 * HOUR_MS)
    await yard.tick(PURCHASE_WITHIN_MS - 2 * HOUR_MS)
    expect(await remindedOf(id)).toEqual(['receipt'])
    expect((await mine(id)).groupBuy.state).toBe('filled')
    await Promise.all([yard.tick(PURCHASE_WITHIN_MS + HOUR_MS), yard.tick(PURCHASE_WITHIN_MS + HOUR_MS)])
    await yard.tick(PURCHASE_WITHIN_MS + 2 * HOUR_MS)
    expect(await mine(id)).toMatchObject({
      ...{ failure: 'GROUP_BUY_OVERDUE', nextStepBy: null },
      groupBuy: { state: 'cancelled', hostRecord: { cancelled: 1 } },
    })
    await eventually(async () => expect(await purse(member)).toEqual({ total: 200_000, held: 0 }))
    expect(await timesCancelled(id)).toBe(1)
    const late = await yard.call('POST', `group-buys/${id}/receipt`, { as: host, json: RECEIPT })
    expect([late.status, late.code]).toEqual([409, 'GROUP_BUY_STATE'])
  })

  it('for the arrival is three weeks from the first receipt; a later receipt does not lengthen it', async () => {
    const { id, member } = await filled()
    const first = await act(id, 'receipt', RECEIPT)
    expect(daysUntil(first.nextStepBy)).toBe(21)
    const again = await act(id, 'receipt', { ...RECEIPT, goods: 89_000 })
    expect(again.nextStepBy).toBe(first.nextStepBy)
    // Money is held on in between, and nobody is reminded.
    await yard.tick(8 * DAY_MS)
    expect(await remindedOf(id)).toEqual([])
    await yard.tick(ARRIVE_WITHIN_MS - 20 * HOUR_MS)
    await yard.tick(ARRIVE_WITHIN_MS - 20 * HOUR_MS)
    expect(await remindedOf(id)).toEqual(['arrival'])
    expect((await mine(id)).groupBuy.state).toBe('purchasing')
    await yard.tick(ARRIVE_WITHIN_MS + HOUR_MS)
    await yard.tick(ARRIVE_WITHIN_MS + HOUR_MS)
    expect((await mine(id)).failure).toBe('GROUP_BUY_OVERDUE')
    await eventually(async () => expect(await purse(member)).toEqual({ total: 200_000, held: 0 }))
  })

  it('is over also for a tick that comes much too late, which reminds of nothing', async () => {
    const { id, member } = await filled()
    await act(id, 'receipt', RECEIPT)
    await yard.tick(ARRIVE_WITHIN_MS + 9 * DAY_MS)
    expect(await mine(id)).toMatchObject({ failure: 'GROUP_BUY_OVERDUE', groupBuy: { state: 'cancelled' } })
    expect(await remindedOf(id)).toEqual([])
    await eventually(async () => expect(await purse(member)).toEqual({ total: 200_000, held: 0 }))
  })

  it('gives the money back when payments is there again, should it be away at the end', async () => {
    const { id, member } = await filled()
    await yard.tell({ kind: 'payments', is: 'losing answers' })
    await yard.tick(PURCHASE_WITHIN_MS + HOUR_MS)
    await yard.tick(PURCHASE_WITHIN_MS + HOUR_MS)
    await yard.tell({ kind: 'payments', is: 'up' })
    await yard.tick(PURCHASE_WITHIN_MS + HOUR_MS)
    await eventually(async () => expect(await purse(member)).toEqual({ total: 200_000, held: 0 }))
    expect((await mine(id)).groupBuy.state).toBe('cancelled')
  })

  it('for the hand-over is a week from the arrival, past which everybody is settled', async () => {
    const { id, member } = await filled()
    await act(id, 'receipt', RECEIPT)
    expect(daysUntil((await act(id, 'arrival')).nextStepBy)).toBe(7)
    await yard.tick(HAND_OVER_WITHIN_MS - 20 * HOUR_MS)
    expect(await remindedOf(id)).toEqual(['hand_over'])
    expect((await mine(id)).groupBuy.state).toBe('arrived')
    await yard.tick(HAND_OVER_WITHIN_MS + HOUR_MS)
    await eventually(async () => expect((await mine(id)).groupBuy.state).toBe('settled'))
    expect(await purse(member)).toEqual({ total: 182_000, held: 0 })
    expect((await mine(id)).nextStepBy).toBeNull()
  })
})
