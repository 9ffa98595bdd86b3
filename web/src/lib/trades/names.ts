import type { ErrorCode } from '#contracts/errors'
import type { Dispute, Escrow, ReviewTag, Trade, TradeState } from '#contracts/trades'
import { m } from '$lib/paraglide/messages.js'

export const STATE_NAMES: Record<TradeState, () => string> = {
  pending: m.trade_state_pending,
  paid: m.trade_state_paid,
  completed: m.trade_state_completed,
  cancelled: m.trade_state_cancelled,
  failed: m.trade_state_failed,
  disputed: m.trade_state_disputed,
}

/** A purchase with the wallet says of itself what it does with the money; a deal closed by hand says less. */
const WALLET_STATE_NAMES: Partial<Record<TradeState, () => string>> = {
  pending: m.trade_state_paying,
  paid: m.trade_state_kept,
  cancelled: m.trade_state_called_off,
}
export const stateName = ({ state, escrow }: Pick<Trade, 'state' | 'escrow'>): string =>
  ((escrow ? WALLET_STATE_NAMES[state] : undefined) ?? STATE_NAMES[state])()

export const DISPUTE_NAMES: Record<Dispute['reason'], () => string> = {
  not_received: m.trade_dispute_not_received,
  not_as_described: m.trade_dispute_not_as_described,
  broken: m.trade_dispute_broken,
  no_show: m.trade_dispute_no_show,
  other: m.trade_dispute_other,
}
const isDisputeReason = (value: string): value is Dispute['reason'] => Object.hasOwn(DISPUTE_NAMES, value)
export const DISPUTE_REASONS: Dispute['reason'][] = Object.keys(DISPUTE_NAMES).filter(isDisputeReason)
export const DISPUTE_TEXT_MIN = 2
export const DISPUTE_TEXT_MAX = 1000
export const REFUND_REASON_MAX = 100

export const ENDED_NAMES: Record<NonNullable<Escrow['ended']>, () => string> = {
  code: m.trade_ended_code,
  confirmed: m.trade_ended_confirmed,
  silence: m.trade_ended_silence,
  cancelled: m.trade_ended_cancelled,
  decided: m.trade_ended_decided,
}

const FAILURES: Partial<Record<ErrorCode, () => string>> = {
  INSUFFICIENT_BALANCE: m.trade_failed_balance,
  WALLET_FROZEN: m.trade_failed_frozen,
  PRICE_CHANGED: m.trade_failed_price,
  LISTING_RESERVED: m.trade_failed_gone,
  LISTING_IN_TRADE: m.trade_failed_gone,
  LISTING_SOLD: m.trade_failed_gone,
  LISTING_HIDDEN: m.trade_failed_gone,
  NOT_FOUND: m.trade_failed_gone,
  COUPON_NOT_FOUND: m.trade_failed_coupon,
  COUPON_EXPIRED: m.trade_failed_coupon,
  COUPON_USED: m.trade_failed_coupon,
  COUPON_HELD: m.trade_failed_coupon,
  COUPON_NOT_APPLICABLE: m.trade_failed_coupon,
}
/** Why nothing came of it; what has no words of its own is left to the sentence around it. */
export const failureWords = (code: ErrorCode | null): string => (code ? (FAILURES[code]?.() ?? '') : '')

export const TAG_NAMES: Record<ReviewTag, () => string> = {
  kind: m.trade_tag_kind,
  punctual: m.trade_tag_punctual,
  quick_reply: m.trade_tag_quick_reply,
  as_described: m.trade_tag_as_described,
  good_price: m.trade_tag_good_price,
  well_kept: m.trade_tag_well_kept,
  late: m.trade_tag_late,
  unkind: m.trade_tag_unkind,
  slow_reply: m.trade_tag_slow_reply,
  not_as_described: m.trade_tag_not_as_described,
  haggled_on_site: m.trade_tag_haggled_on_site,
  did_not_show: m.trade_tag_did_not_show,
}
const GOOD: ReviewTag[] = ['kind', 'punctual', 'quick_reply', 'as_described', 'good_price', 'well_kept']
const BAD: ReviewTag[] = [
  'late',
  'unkind',
  'slow_reply',
  'not_as_described',
  'haggled_on_site',
  'did_not_show',
]
export const isGood = (tag: ReviewTag) => GOOD.includes(tag)

/** What goes with so many stars: praise with many, what went wrong with few, both in between. */
export function tagsFor(score: number): ReviewTag[] {
  if (score >= 4) return GOOD
  return score <= 2 ? BAD : [...GOOD, ...BAD]
}

export const SCORES = [1, 2, 3, 4, 5] as const
export const SCORE_NAMES: Record<(typeof SCORES)[number], () => string> = {
  1: m.trade_score_1,
  2: m.trade_score_2,
  3: m.trade_score_3,
  4: m.trade_score_4,
  5: m.trade_score_5,
}
export const REVIEW_TAGS_MAX = 6
export const REVIEW_TEXT_MAX = 500
