import type { ReviewTag, TradeState } from '#contracts/trades'
import { m } from '$lib/paraglide/messages.js'

export const STATE_NAMES: Record<TradeState, () => string> = {
  pending: m.trade_state_pending,
  paid: m.trade_state_paid,
  completed: m.trade_state_completed,
  cancelled: m.trade_state_cancelled,
  failed: m.trade_state_failed,
  disputed: m.trade_state_disputed,
}

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
