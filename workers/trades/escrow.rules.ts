import { z } from 'zod'
import { ERROR_CODES, type ErrorCode, type Result } from '#contracts/errors'
import { CouponId, MemberId, RefundId } from '#contracts/ids'
import { Category } from '#contracts/listings'
import {
  DISPUTE_REASONS,
  REFUND_WINDOW_MS,
  RELEASE_NOTICE_BEFORE_MS,
  type TradeState,
} from '#contracts/trades'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { Side } from './trade.rules.ts'

/** Money and thing are held so long, from the purchase and again from a dispute. */
export const HELD_MS = 60 * DAY_MS
/** An open dispute that outlasts this much of it is given another such time. */
const KEEP_BEFORE_MS = 14 * DAY_MS
/** What should have been carried out and was not within this is taken up by the tick, whoever had it. */
export const STUCK_AFTER_MS = 30 * SECOND_MS
/** What went back is given back once more so long afterwards: a call that was cut off may have landed late. */
const RECHECK_AFTER_MS = MINUTE_MS
/** A purchase whose payment nobody answers for is given up after this. */
export const PAY_WITHIN_MS = 10 * MINUTE_MS
export const CODE_TRIES_MAX = 5
const CODE_TRIES_WINDOW_MS = HOUR_MS

const KeptRefund = z.object({
  id: RefundId,
  amount: z.int(),
  by: z.enum(['seller', 'operator']),
  reason: z.string().nullable(),
  done: z.int(),
  atMs: z.int(),
})
const KeptDispute = z.object({
  openedBy: z.enum(['seller', 'buyer']),
  reason: z.enum(DISPUTE_REASONS),
  text: z.string(),
  openedAtMs: z.int(),
  decision: z.object({ refund: z.int(), reason: z.string(), atMs: z.int() }).nullable(),
})

export const INTENTS = ['pay', 'fail', 'keep', 'release', 'undo'] as const
export type Intent = (typeof INTENTS)[number]
export const ENDS = ['code', 'confirmed', 'silence', 'cancelled', 'decided'] as const
export type End = (typeof ENDS)[number]

/** The escrow of a trade as its row keeps it. */
export const Escrowed = z.object({
  category: Category,
  paid: z.int(),
  discount: z.int(),
  refunded: z.int(),
  couponId: CouponId.nullable(),
  couponTitle: z.string().nullable(),
  intent: z.enum(INTENTS).nullable(),
  ended: z.enum(ENDS).nullable(),
  endedBy: MemberId.nullable(),
  failure: z.enum(ERROR_CODES).nullable(),
  releaseAtMs: z.int().nullable(),
  noticed: z.int(),
  heldUntilMs: z.int(),
  handoverCode: z.string(),
  tries: z.int(),
  triedFromMs: z.int(),
  dispute: KeptDispute.nullable(),
  retryKey: z.string().nullable(),
  dueAtMs: z.int().nullable(),
  taken: z.int().nullable(),
  auditAtMs: z.int(),
  frozenAtMs: z.int().nullable(),
  saleSeen: z.int(),
  refunds: z.array(KeptRefund),
})
export type Escrowed = z.infer<typeof Escrowed>

/** What a row keeps of its escrow; null for a deal closed without the wallet. */
export const escrowIn = ({ escrow }: { escrow: string | null }): Escrowed | null =>
  escrow === null ? null : Escrowed.parse(JSON.parse(escrow))

export type Standing = { state: TradeState; escrow: Escrowed }

/** What the flow is to do for a row: get it paid, take everything back, hold it longer, or give the money to the seller. */
export type Duty = 'pay' | 'undo' | 'keep' | 'settle'

/** The one thing that decides what is carried out: whatever a flow or a tick remembers, the row says what is to be done. */
export function dutyOf({ state, escrow: { intent } }: Standing): Duty | null {
  if (state === 'pending') return intent === 'pay' ? 'pay' : 'undo'
  if (state !== 'paid' && state !== 'disputed') return null
  if (intent === 'release') return 'settle'
  return intent === 'undo' || intent === 'keep' ? intent : null
}

/** When the tick looks at a row that now stands so; null: never again by itself. */
export function dueAtMs(now: Standing, nowMs: number): number | null {
  if (dutyOf(now) !== null) return nowMs + STUCK_AFTER_MS
  const { releaseAtMs, noticed, heldUntilMs } = now.escrow
  if (now.state === 'paid' && releaseAtMs !== null)
    return noticed === 1 ? releaseAtMs : releaseAtMs - RELEASE_NOTICE_BEFORE_MS
  if (now.state === 'disputed') return heldUntilMs - KEEP_BEFORE_MS
  return now.state === 'cancelled' || now.state === 'failed' ? nowMs + RECHECK_AFTER_MS : null
}

/** Why nothing may be decided of a trade any more, or not in this way. */
const notPaid = (state: TradeState): ErrorCode => (state === 'disputed' ? 'TRADE_DISPUTED' : 'TRADE_NOT_PAID')

/** Who may end a paid trade how. */
const MAY_END: Partial<Record<End, Side>> = { confirmed: 'buyer', code: 'seller' }

/**
 * Whether a side may end the trade so. Of confirm, code, cancel, dispute and silence at once the first one written wins; the same
 * end again is answered as it stands.
 */
export function endBy({ state, escrow }: Standing, end: End, side: Side): Result<'now' | 'again'> {
  if ((MAY_END[end] ?? side) !== side) return refuse('FORBIDDEN')
  if (escrow.ended === end) return ok('again')
  if (escrow.frozenAtMs !== null) return refuse('TRADE_FROZEN')
  return state === 'paid' && escrow.intent === null ? ok('now') : refuse(notPaid(state))
}

/** Whether its time has come to go to the seller without a word of the buyer's. */
export const isSilent = ({ state, escrow }: Standing, nowMs: number): boolean =>
  state === 'paid' &&
  escrow.intent === null &&
  escrow.frozenAtMs === null &&
  escrow.releaseAtMs !== null &&
  escrow.releaseAtMs <= nowMs

/** Whether the buyer is to be told now that the money is about to go. */
export const isNoticeDue = ({ state, escrow }: Standing, nowMs: number): boolean =>
  state === 'paid' &&
  escrow.intent === null &&
  escrow.noticed === 0 &&
  escrow.releaseAtMs !== null &&
  escrow.releaseAtMs - RELEASE_NOTICE_BEFORE_MS <= nowMs

/** How the row counts a hand-over code that did not match; refused when there were too many within the hour. */
export function countTry(
  { tries, triedFromMs }: Pick<Escrowed, 'tries' | 'triedFromMs'>,
  nowMs: number,
): Result<{ tries: number; triedFromMs: number }> {
  const endsMs = triedFromMs + CODE_TRIES_WINDOW_MS
  if (nowMs >= endsMs) return ok({ tries: 1, triedFromMs: nowMs })
  if (tries < CODE_TRIES_MAX) return ok({ tries: tries + 1, triedFromMs })
  return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil((endsMs - nowMs) / SECOND_MS) })
}

/** Whether a side may say that something is wrong, also of one the audit has frozen, for that brings an operator: while it is paid and nothing else was decided. */
export const mayDispute = ({ state, escrow }: Standing): Result<null> =>
  state === 'paid' && escrow.intent === null ? ok(null) : refuse(notPaid(state))

/**
 * What an operator's word comes to: all of what was paid undoes the trade, less releases it with that much going back. What the seller
 * had promised back before is part of it and never taken away.
 */
export function decideBy(
  { state, escrow }: Standing,
  refund: number,
): Result<{ intent: 'undo' | 'release'; more: number }> {
  if (escrow.dispute?.decision) return refuse('CASE_DECIDED')
  if (state !== 'disputed') return refuse('TRADE_NOT_PAID')
  if (refund > escrow.paid) return refuse('REFUND_TOO_MUCH')
  if (refund === escrow.paid && refund > 0) return ok({ intent: 'undo', more: 0 })
  return ok({ intent: 'release', more: Math.max(0, refund - escrow.refunded) })
}

/** How a seller gives money back now: with the release that is to come, or out of their wallet after it. */
export function refundBy(
  { state, escrow, completedAtMs }: Standing & { completedAtMs: number | null },
  amount: number,
  nowMs: number,
): Result<'with release' | 'at once'> {
  if (escrow.frozenAtMs !== null) return refuse('TRADE_FROZEN')
  const asked = escrow.refunds.reduce((sum, refund) => sum + refund.amount, 0)
  if (state === 'paid' && escrow.intent !== null) return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
  if (state !== 'paid' && state !== 'completed') return refuse(notPaid(state))
  if (state === 'completed' && nowMs >= (completedAtMs ?? 0) + REFUND_WINDOW_MS)
    return refuse('REFUND_WINDOW_OVER')
  if (asked + amount > escrow.paid) return refuse('REFUND_TOO_MUCH')
  return ok(state === 'paid' ? 'with release' : 'at once')
}
