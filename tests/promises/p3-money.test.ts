import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Transfer } from '#contracts/payments'
import { newId } from '#kit/id'
import { CTX, newMember, type PaymentsAlone, startPayments } from '../platform/payments/alone.ts'
import { openBooks } from './books.ts'
import {
  type Answered,
  drive,
  faultsIn,
  faultsOf,
  type Intent,
  intentsOf,
  MOVED,
  type Moved,
  SNAPSHOT,
  type Snapshot,
} from './p3-money.ts'

/**
 * P3: money is conserved. Whoever reads the books while they are written to sees them balanced, nobody can spend what is not there, and
 * what was answered is what was booked, once.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY
  ? { transfers: 10_000, clients: 32, refunds: 500 }
  : { transfers: 600, clients: 16, refunds: 60 }
const ACCOUNTS = 20
const OPENING = 40_000
/** Some are of more than an account has by then. */
const MOST = 20_000
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121
/** Every so many transfers one is sent twice at once. */
const TWICE_EVERY = 5

let payments: PaymentsAlone
beforeAll(async () => {
  payments = await startPayments()
})
afterAll(() => payments.close())

describe('P3: money is conserved', () => {
  it(`over ${SCALE.transfers} transfers of ${SCALE.clients} clients, in every read meanwhile (seed ${SEED})`, async () => {
    const members = await Promise.all(Array.from({ length: ACCOUNTS }, () => payments.holder(OPENING)))
    const memberAt = (index: number) => members[index] ?? newMember()
    const post = async ({ mark, from, to, amount }: Intent): Promise<Answered> => {
      const order = { toMemberId: memberAt(to), amount, memo: mark }
      const answer = await payments.send(memberAt(from), order, mark)
      if (answer.code === 'REQUEST_IN_FLIGHT') return await post({ mark, from, to, amount })
      const id = answer.status === 201 ? Transfer.parse(answer.json).id : null
      return { mark, status: answer.status, id }
    }
    let isOver = false
    const seen = readUntil(() => isOver)
    const intents = intentsOf(SCALE.transfers, ACCOUNTS, { most: MOST, seed: SEED })
    const answers = await drive(intents, SCALE.clients, async (intent, index) => {
      const sent = await Promise.all(
        index % TWICE_EVERY === 0 ? [post(intent), post(intent)] : [post(intent)],
      )
      // A refusal frees its key: of two at once one may be refused and the other find the money come in.
      const made = sent.filter(({ id }) => id !== null)
      expect(new Set(made.map(({ id }) => id)).size).toBeLessThanOrEqual(1)
      const answer = made[0] ?? sent[0]
      if (!answer) throw new Error('one was sent')
      return answer
    }).finally(() => {
      isOver = true
    })
    const faults = await seen
    expect(faults.reads).toBeGreaterThan(0)
    expect(faults.found).toEqual([])
    const { results } = await payments.db.prepare(MOVED).all<Moved>()
    expect(faultsOf(answers, results)).toEqual([])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]))
  })

  /** Reads all books again and again, and has the audit go through them, while others write. */
  async function readUntil(isOver: () => boolean): Promise<{ reads: number; found: string[] }> {
    const seen = { reads: 0, found: [] as string[] }
    while (!isOver()) {
      seen.found.push(...faultsIn(await payments.first<Snapshot>(SNAPSHOT)))
      if (seen.reads % 20 === 0) await payments.tick()
      seen.reads += 1
    }
    const { alarms } = await payments.first<{ alarms: number }>('SELECT count(*) AS alarms FROM incidents')
    if (alarms > 0) seen.found.push(`the audit raised ${alarms} false alarms`)
    return seen
  }

  it(`over ${SCALE.refunds} refunds, each sent twice at once`, async () => {
    const [from, to] = [await payments.holder(SCALE.refunds * 10), newMember()]
    const cause = { kind: 'refund', id: newId('trd', Date.now()) } as const
    const refund = (refundId: string) =>
      payments.PAYMENTS.refund(CTX, { refundId, cause, from, to, amount: 10, memo: '환불' })
    for (let index = 0; index < SCALE.refunds; index++) {
      const id = newId('rfd', Date.now())
      const both = await Promise.all([refund(id), refund(id)])
      expect(both.map(({ ok }) => ok)).toEqual([true, true])
    }
    expect((await payments.walletOf(to)).total).toBe(SCALE.refunds * 10)
    expect((await payments.walletOf(from)).total).toBe(0)
    expect(faultsIn(await payments.first<Snapshot>(SNAPSHOT))).toEqual([])
  })
})

describe('P3 would be caught', () => {
  const A_PAIR = "(SELECT min(id) FROM accounts WHERE kind = 'member')"

  async function seenAfter(sql: string): Promise<string[]> {
    const books = openBooks()
    books.write(50, 3)
    books.corrupt(sql)
    const [snapshot] = await books.all<Snapshot>(SNAPSHOT)
    books.close()
    if (!snapshot) throw new Error('no snapshot')
    return faultsIn(snapshot)
  }

  it('by a reader between a debit and its credit, if they were two steps', async () => {
    expect(await seenAfter('SELECT 1')).toEqual([])
    expect(await seenAfter(`UPDATE accounts SET balance = balance - 300 WHERE id = ${A_PAIR}`)).toEqual([
      'the balances come to -300',
      '1 balances are not what their entries come to',
    ])
  })

  it('spending what is not there, if it were read first and written then', async () => {
    const spentTwice = `UPDATE accounts SET balance = balance - 2000000 WHERE id = ${A_PAIR};
      UPDATE accounts SET balance = balance + 2000000 WHERE id = 'platform:fees'`
    expect(await seenAfter(spentTwice)).toContainEqual(expect.stringMatching(/^somebody can spend -/))
  })

  it('confirming what it did not keep, keeping it twice, or keeping half of it', () => {
    const answers = [1, 2, 3].map((index) => ({ mark: `mark ${index}`, status: 201, id: `xfr_${index}` }))
    const moved = [1, 2, 3].map((index) => ({ id: `xfr_${index}`, memo: `mark ${index}`, entries: 2 }))
    expect(faultsOf(answers, moved)).toEqual([])
    expect(faultsOf(answers, moved.slice(1))).toEqual(['mark 1 moved 0 times'])
    expect(faultsOf(answers, [...moved, { id: 'xfr_4', memo: 'mark 1', entries: 2 }])).toEqual([
      'mark 1 moved 2 times',
    ])
    expect(faultsOf(answers, [...moved.slice(1), { id: 'xfr_1', memo: 'mark 1', entries: 1 }])).toEqual([
      'xfr_1 has 1 entries',
    ])
    const refused = [{ mark: 'mark 1', status: 409, id: null }, ...answers.slice(1)]
    expect(faultsOf(refused, moved)).toEqual(['mark 1 was refused and moved'])
  })
})
