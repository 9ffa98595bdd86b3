import type { Result } from '#contracts/errors'
import type { PayoutId } from '#contracts/ids'
import {
  PAID_OUT_A_DAY_MAX,
  PAYOUT_MAX,
  PAYOUT_MIN,
  type Payout,
  type PayoutOrder,
} from '#contracts/payments'
import { DAY_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import type { Asker } from './charge.asker.ts'
import type { PaymentsEnv } from './env.ts'
import { accountOf, holdStatements, limitStatements, type NewHold, refusalOf } from './ledger.store.ts'
import { type PayoutRow, payoutOf } from './payout.rules.ts'
import { insertPayout, readPayout } from './payout.store.ts'
import { requirePin } from './pin.service.ts'
import { seal } from './seal.ts'

/** The hold of a pay-out never frees itself: only the bank's word does, or an operator's. Longer than any bank takes. */
const HOLD_KEPT_MS = 3650 * DAY_MS
const NUMBER_END = 4

/**
 * Puts the money aside and writes down where it is to go; the bank hears of it only after that, so that what is sent is always held.
 * A process that dies here leaves a row the tick goes on with.
 */
export async function requestPayout(
  env: PaymentsEnv,
  asker: Asker,
  { amount, bankAccount, pin }: PayoutOrder,
): Promise<Result<Payout>> {
  if (amount < PAYOUT_MIN)
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'amount', message: `at least ${PAYOUT_MIN}` }] })
  if (amount > PAYOUT_MAX) return refuse('AMOUNT_LIMIT_REACHED')
  const admitted = await requirePin(env, asker.memberId, pin)
  if (!admitted.ok) return admitted
  const row = newPayout(env, asker, { amount, bankAccount })
  const outcome = await runBatch(env.DB, [
    ...limitStatements(env.DB, { ...asker, kind: 'payout', amount, most: PAID_OUT_A_DAY_MAX }),
    ...holdStatements(env.DB, [holdOf(row)]),
    insertPayout(env.DB, row),
    ...asker.completion(201, payoutOf(row)),
  ])
  if (outcome.kind === 'done') return ok(payoutOf(row))
  const refused = refusalOf(outcome)
  return refused ? { ok: false, refusal: refused } : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

function newPayout(
  env: PaymentsEnv,
  { memberId, atMs }: Asker,
  { amount, bankAccount }: Omit<PayoutOrder, 'pin'>,
): PayoutRow {
  const id = newId('pay', atMs)
  return {
    ...{ id, memberId, amount, atMs, holdId: newId('hld', atMs), state: 'requested', version: 1 },
    bank: bankAccount.bank,
    numberEnd: bankAccount.number.slice(-NUMBER_END),
    sealed: seal(env.WALLET_SECRET, id, JSON.stringify(bankAccount)),
    ...{ bankId: null, failure: null, askAtMs: atMs, settledAtMs: null },
  }
}

const holdOf = ({ id, holdId, memberId, amount, atMs }: PayoutRow): NewHold => ({
  id: holdId,
  account: accountOf(memberId),
  payeeId: null,
  amount,
  cause: { kind: 'payout', id },
  title: null,
  url: null,
  nextAtMs: null,
  expiresAtMs: atMs + HOLD_KEPT_MS,
  atMs,
})

/** The pay-out as it stands; another member's is not there. */
export async function findPayout(env: PaymentsEnv, asker: Asker, id: PayoutId): Promise<Result<Payout>> {
  const row = await readPayout(env.DB, id)
  return row?.memberId === asker.memberId ? ok(payoutOf(row)) : refuse('NOT_FOUND')
}
