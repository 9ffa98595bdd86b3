import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { REVIEW_HIDDEN_MS, type TradeState, UNDO_WINDOW_MS } from '#contracts/trades'
import { ok, refuse } from '#kit/result'

export type Side = 'seller' | 'buyer'
type Sides = { sellerId: MemberId; buyerId: MemberId }

/** What a member is in a deal, or null: then it is none of their business. */
export function sideOf({ sellerId, buyerId }: Sides, memberId: MemberId): Side | null {
  if (memberId === sellerId) return 'seller'
  return memberId === buyerId ? 'buyer' : null
}

export const otherSide = (side: Side): Side => (side === 'seller' ? 'buyer' : 'seller')
export const memberOfSide = (sides: Sides, side: Side): MemberId =>
  side === 'seller' ? sides.sellerId : sides.buyerId

/** Which states a trade may pass to by this worker's acts; what is missing here is refused. */
const NEXT: Record<TradeState, readonly TradeState[]> = {
  pending: ['paid', 'completed', 'failed'],
  paid: ['completed', 'cancelled', 'disputed'],
  completed: ['cancelled'],
  cancelled: [],
  failed: [],
  disputed: ['completed', 'cancelled'],
}
export const mayBecome = (from: TradeState, to: TradeState): boolean => NEXT[from].includes(to)

type Closed = { state: TradeState; completedAtMs: number | null }
/** A deal its seller closed may be taken back by a word; money is given back by a refund. */
type Deal = Closed & { kind: 'deal' | 'escrow' }

/** Until when the seller may take it back; null when that is over or it never was closed. */
export function undoUntilMs({ kind, state, completedAtMs }: Deal, nowMs: number): number | null {
  if (kind === 'escrow' || !mayBecome(state, 'cancelled') || completedAtMs === null) return null
  const untilMs = completedAtMs + UNDO_WINDOW_MS
  return nowMs < untilMs ? untilMs : null
}

/**
 * Whether this side may take the trade back now. One already taken back is answered as it stands: `again`. Once both have written, what
 * they wrote is out, and no seller wipes it away by undoing.
 */
export function undo(
  trade: Deal,
  written: readonly Side[],
  side: Side,
  nowMs: number,
): Result<'now' | 'again'> {
  if (side !== 'seller') return refuse('FORBIDDEN')
  if (trade.kind === 'escrow') return refuse('CONFLICT')
  if (trade.state === 'cancelled') return ok('again')
  if (trade.state !== 'completed') return refuse('CONFLICT')
  if (undoUntilMs(trade, nowMs) === null) return refuse('UNDO_WINDOW_OVER')
  return written.length > 1 ? refuse('TRADE_REVIEWED') : ok('now')
}

/** When reviews of this trade show at the latest, and nobody may write one any more; null while it is not closed. */
export const reviewsEndMs = ({ state, completedAtMs }: Closed): number | null =>
  state === 'completed' && completedAtMs !== null ? completedAtMs + REVIEW_HIDDEN_MS : null

/**
 * Whether a side may write its review now, and from when both are to be read: at once when it is the second, else when the
 * fourteen days are over.
 */
export function writeReview(
  trade: Closed,
  written: readonly Side[],
  side: Side,
  nowMs: number,
): Result<{ showsAtMs: number }> {
  const endMs = reviewsEndMs(trade)
  if (endMs === null || nowMs >= endMs) return refuse('REVIEW_WINDOW_OVER')
  if (written.includes(side)) return refuse('REVIEW_WRITTEN')
  return ok({ showsAtMs: written.includes(otherSide(side)) ? nowMs : endMs })
}

/** Whether anyone but its author may read a review. */
export const isShown = ({ showsAtMs }: { showsAtMs: number }, nowMs: number): boolean => showsAtMs <= nowMs

/** Whether a listing is taken by this trade: no other one may begin. */
export const isUnderWay = ({ state }: { state: TradeState }): boolean =>
  state === 'pending' || state === 'paid' || state === 'disputed'
