import type { Result } from '#contracts/errors'
import type { HoldId, MemberId, TradeId } from '#contracts/ids'
import type { Cause, Hold } from '#contracts/payments'
import type { HoldLine } from '#contracts/payments.api'
import { assertChangedOne, runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'
import { type HoldRow, prolongStatement, readHolds, readHoldsOf, readHoldsOfTrades } from './hold.store.ts'
import { accountOf, holdStatements, platformAccount, refusalOf, voidHoldStatements } from './ledger.store.ts'

export type HoldOrder = {
  cause: Cause
  lines: HoldLine[]
  payeeId: MemberId | null
  title: string
  url: string
  nextAtMs: number | null
  expiresAtMs: number
  /** Open holds given back in the same step. */
  instead?: HoldId[]
}

/** The same hold asked for twice at once: the loser finds it made when it looks again. */
const LOOKS = 3

/**
 * Puts the money of all lines aside, or of none. Run again it finds the holds and answers as they stand by now; run late it makes
 * them late; run not at all nothing is held.
 */
export async function hold(env: PaymentsEnv, order: HoldOrder, atMs: number): Promise<Result<Hold[]>> {
  const ids = order.lines.map(({ holdId }) => holdId)
  if (ids.length === 0 || new Set(ids).size < ids.length) return refuse('VALIDATION_FAILED')
  return (order.instead ? null : await heldAtOnce(env, order, atMs)) ?? (await heldOrKnown(env, order, atMs))
}

/**
 * Nearly every hold is asked for the first time and there is enough money: then one batch is all. Whatever aborts it wrote nothing, and
 * is looked into; a known hold aborts it as well, and a batch that was done made all of its holds.
 */
async function heldAtOnce(env: PaymentsEnv, order: HoldOrder, atMs: number): Promise<Result<Hold[]> | null> {
  const holds = order.lines.map((line) => newHold(line, order, atMs))
  const outcome = await runBatch(env.DB, holdStatements(env.DB, holds))
  if (outcome.kind === 'aborted') return null
  const { payeeId, expiresAtMs } = order
  return ok(
    order.lines.map(({ holdId, payer, amount }) => ({
      ...{ id: holdId, payer, payeeId, amount, posted: 0, state: 'open' as const, expiresAtMs },
    })),
  )
}

async function heldOrKnown(env: PaymentsEnv, order: HoldOrder, atMs: number): Promise<Result<Hold[]>> {
  const ids = order.lines.map(({ holdId }) => holdId)
  for (let look = 0; look < LOOKS; look++) {
    const known = await readHolds(env.DB, ids)
    if (known.some((row) => !isSame(row, order))) return refuse('CONFLICT')
    const missing = order.lines.filter(({ holdId }) => !known.some(({ id }) => id === holdId))
    if (missing.length === 0) return ok(known.map(viewOf))
    const outcome = await runBatch(env.DB, [
      ...(order.instead ?? []).flatMap((holdId) => [
        ...voidHoldStatements(env.DB, { holdId, atMs }),
        assertChangedOne(env.DB),
      ]),
      ...holdStatements(
        env.DB,
        missing.map((line) => newHold(line, order, atMs)),
      ),
    ])
    const refusal = refusalOf(outcome)
    if (refusal && refusal.code !== 'CONFLICT') return { ok: false, refusal }
    // The same exchange made at once by another request leaves the hold asked for, which the next look finds.
    if (outcome.kind === 'aborted' && !refusal && order.instead) {
      if (look + 1 < LOOKS) continue
      return refuse('HOLD_VOIDED')
    }
    if (outcome.kind === 'aborted' && !refusal) throw new Error(`hold refused by ${outcome.constraint}`)
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const isSame = (row: HoldRow, { cause, lines }: HoldOrder): boolean =>
  lines.some(
    ({ holdId, payer, amount }) => holdId === row.id && payer === row.payer && amount === row.amount,
  ) &&
  row.causeKind === cause.kind &&
  row.causeId === cause.id

const newHold = ({ holdId, payer, amount }: HoldLine, order: HoldOrder, atMs: number) => ({
  id: holdId,
  account: payer === 'promotion' ? platformAccount(payer) : accountOf(payer),
  payeeId: order.payeeId,
  amount,
  cause: order.cause,
  title: order.title,
  url: order.url,
  nextAtMs: order.nextAtMs,
  expiresAtMs: order.expiresAtMs,
  atMs,
})

/**
 * Gives all of the holds back, or says that one was taken. A hold nobody knows was never made: nothing of it is to be given back.
 * Run again it changes nothing.
 */
export async function release(env: PaymentsEnv, holdIds: HoldId[], atMs: number): Promise<Result<Hold[]>> {
  const known = await readHolds(env.DB, holdIds)
  if (known.length === 0) return ok([])
  return await resolvedBy(
    env,
    known.flatMap(({ id }) => voidHoldStatements(env.DB, { holdId: id, atMs })),
    holdIds,
  )
}

/** Lets open holds live longer, all or none. Run again it changes nothing, since it never shortens. */
export async function prolong(
  env: PaymentsEnv,
  { holdIds, ...until }: { holdIds: HoldId[]; nextAtMs: number | null; expiresAtMs: number },
  atMs: number,
): Promise<Result<Hold[]>> {
  const known = await readHolds(env.DB, holdIds)
  if (known.length < holdIds.length) return refuse('NOT_FOUND')
  return await resolvedBy(
    env,
    known.flatMap(({ id }) => [prolongStatement(env.DB, id, { ...until, atMs }), assertChangedOne(env.DB)]),
    holdIds,
  )
}

/** The holds of a process as they stand. */
export const holdsOf = async (env: PaymentsEnv, cause: Cause): Promise<Result<Hold[]>> =>
  ok((await readHoldsOf(env.DB, cause)).map(viewOf))

/** The holds of many trades as they stand at one moment. */
export async function holdsOfMany(
  env: PaymentsEnv,
  tradeIds: TradeId[],
): Promise<Result<{ tradeId: TradeId; holds: Hold[] }[]>> {
  const rows = await readHoldsOfTrades(env.DB, tradeIds)
  return ok(
    tradeIds.map((tradeId) => ({
      tradeId,
      holds: rows.filter(({ causeId }) => causeId === tradeId).map(viewOf),
    })),
  )
}

async function resolvedBy(
  env: PaymentsEnv,
  statements: D1PreparedStatement[],
  holdIds: HoldId[],
): Promise<Result<Hold[]>> {
  const outcome = await runBatch(env.DB, statements)
  const refusal = refusalOf(outcome)
  if (refusal) return { ok: false, refusal }
  // The guard speaks of a hold past its time that the tick has not freed yet.
  if (outcome.kind === 'aborted') return refuse('HOLD_EXPIRED')
  return ok((await readHolds(env.DB, holdIds)).map(viewOf))
}

/** A hold as other domains see it. */
export const viewOf = ({ id, payer, payeeId, amount, posted, state, expiresAtMs }: HoldRow): Hold => ({
  id,
  payer,
  payeeId,
  amount,
  posted,
  state,
  expiresAtMs,
})
