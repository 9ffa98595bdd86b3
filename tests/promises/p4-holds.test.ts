import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import {
  accountOf,
  holdStatements,
  platformAccount,
  takeHoldStatements,
} from '../../workers/payments/ledger.store.ts'
import { CTX, type PaymentsAlone, startPayments } from '../platform/payments/alone.ts'
import { openBooks } from './books.ts'
import { randomOf, shuffled } from './deliveries.ts'

/**
 * P4: a hold is resolved once. Taken, given back and let expire by three each at the same moment, one of them wins and the others are
 * told what came before; what was not taken is free again, and nobody can spend what is held.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const HOLDS = NIGHTLY ? 1_000 : 60
const AT_ONCE = 4
const RIVALS = 3
const HELD = 1_000
const TAKEN = 600
const HOUR_MS = 3_600_000
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121

/** How one race ended: what each taker and giver was answered, and how the hold lies. */
type Race = { state: string; posted: number; takers: string[]; givers: string[] }

/** What must not be: two winners, a loser that is not told, or another amount. */
function faultsOf({ state, posted, takers, givers }: Race): string[] {
  const won = takers.filter((answer) => answer === 'ok').length
  const isTaken = state === 'posted'
  const told = `HOLD_${state.toUpperCase()}`
  const untold = [
    ...takers.filter((answer) => answer !== 'ok' && answer !== told),
    ...givers.filter((answer) => answer !== (isTaken ? told : 'ok')),
  ]
  return [
    won === (isTaken ? 1 : 0) ? '' : `${state} and taken ${won} times`,
    posted === (isTaken ? TAKEN : 0) ? '' : `${state} with ${posted} taken`,
    untold.length === 0 ? '' : `${state}, but somebody was told ${untold.join(', ')}`,
  ].filter((fault) => fault !== '')
}

const codeOf = (answer: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  answer.ok ? 'ok' : answer.refusal.code

describe('P4: a hold', () => {
  let payments: PaymentsAlone
  beforeAll(async () => {
    payments = await startPayments()
  })
  afterAll(() => payments.close())
  const random = randomOf(SEED)

  /** Several holds, each wanted by three takers and three givers, while three ticks say that their time is over, all at once. */
  async function race(payer: MemberId): Promise<Race[]> {
    const holds = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const held = await payments.held(payer, HELD, { livesMs: HOUR_MS })
        return { held, takers: [] as string[], givers: [] as string[] }
      }),
    )
    const acts = holds.flatMap(({ held, takers, givers }) => [
      async () => takers.push(codeOf(await payments.take(held, TAKEN))),
      async () => givers.push(codeOf(await payments.PAYMENTS.release(CTX, { holdIds: [held.holdId] }))),
    ])
    const ticks = () => payments.tick(2 * HOUR_MS)
    const rivals = shuffled(Array.from({ length: RIVALS }, () => [...acts, ticks]).flat(), random)
    await Promise.all(rivals.map((act) => act()))
    return await Promise.all(
      holds.map(async ({ held, ...told }) => ({ ...(await payments.stateOf(held.holdId)), ...told })),
    )
  }

  it(`of ${HOLDS} is taken, given back or expired, and one of these alone (seed ${SEED})`, async () => {
    const payer = await payments.holder(HOLDS * HELD)
    const races: Race[] = []
    for (let start = 0; start < HOLDS; start += AT_ONCE) {
      races.push(...(await race(payer)))
      const wallet = await payments.walletOf(payer)
      expect([wallet.held, wallet.balance >= 0]).toEqual([0, true])
    }
    expect(races.flatMap(faultsOf)).toEqual([])
    const taken = races.filter(({ state }) => state === 'posted').length
    expect((await payments.walletOf(payer)).total).toBe(HOLDS * HELD - taken * TAKEN)
    expect(new Set(races.map(({ state }) => state)).size).toBeGreaterThan(1)
  })

  it('would be caught resolved twice, if the tables let it', async () => {
    const books = openBooks()
    books.write(10, 1)
    const transfer = (id = newId('xfr', 1)) => ({
      ...{ id, from: accountOf(books.memberAt(0)), to: platformAccount('fees'), amount: TAKEN },
      ...{ cause: { kind: 'trade' as const, id: 'trd' }, memo: null, url: null, atMs: 1 },
    })
    const holdId = newId('hld', 1)
    const { from: account, cause } = transfer()
    const hold = { id: holdId, account, payeeId: null, amount: HELD, cause, title: null, url: null }
    await books.db.batch(holdStatements(books.db, [{ ...hold, nextAtMs: null, expiresAtMs: 100, atMs: 1 }]))
    // Twice the money is there, so that only the hold's own rule is asked.
    const twice = { ...hold, id: newId('hld', 1) }
    await books.db.batch(holdStatements(books.db, [{ ...twice, nextAtMs: null, expiresAtMs: 100, atMs: 1 }]))
    const take = () => books.db.batch(takeHoldStatements(books.db, { holdId, transfer: transfer() }))
    await take()
    await expect(take()).rejects.toThrow('HOLD_POSTED')
    books.exec('DROP TRIGGER holds_resolve_once; DROP INDEX transfers_hold')
    await take()
    const [lies] = await books.all<{ state: string; posted: number }>(
      `SELECT * FROM holds WHERE id = '${holdId}'`,
    )
    if (!lies) throw new Error('the hold is gone')
    expect(faultsOf({ ...lies, takers: ['ok', 'ok', 'HOLD_POSTED'], givers: ['HOLD_POSTED'] })).toEqual([
      'posted and taken 2 times',
    ])
    expect(await books.audited()).toContain('held_is_sum_of_open_holds')
    books.close()
  })

  it('would be caught answering a loser with anything but what came before', () => {
    const race = { state: 'voided', posted: 0, takers: ['HOLD_VOIDED', 'CONFLICT'], givers: ['ok'] }
    expect(faultsOf(race)).toEqual(['voided, but somebody was told CONFLICT'])
    expect(faultsOf({ ...race, takers: ['ok'] })).toEqual(['voided and taken 1 times'])
  })
})
