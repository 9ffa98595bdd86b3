import type { GROUP_BUY_SORTS, GroupBuyState, Settlement } from '#contracts/group-buys'
import { m } from '$lib/paraglide/messages.js'

export type Sort = (typeof GROUP_BUY_SORTS)[number]

export const STATE_NAMES: Record<GroupBuyState, () => string> = {
  recruiting: m.gb_state_recruiting,
  filled: m.gb_state_filled,
  purchasing: m.gb_state_purchasing,
  arrived: m.gb_state_arrived,
  handing_over: m.gb_state_handing_over,
  settled: m.gb_state_settled,
  failed: m.gb_state_failed,
  cancelled: m.gb_state_cancelled,
}
export const SORT_NAMES: Record<Sort, () => string> = {
  newest: m.gb_sort_newest,
  ending: m.gb_sort_ending,
  remaining: m.gb_sort_remaining,
  distance: m.gb_sort_distance,
}
export const isSort = (value: string | null): value is Sort =>
  value !== null && Object.hasOwn(SORT_NAMES, value)

/** Nothing comes after these. */
const OVER: ReadonlySet<GroupBuyState> = new Set(['settled', 'failed', 'cancelled'])
export const isOver = (state: GroupBuyState): boolean => OVER.has(state)

/** Until its time is over, or more than half of the units have said yes. */
export const isVoteOpen = (vote: Settlement['vote']): boolean =>
  vote !== null && vote.yes * 2 <= vote.of && Date.parse(vote.closesAt) > Date.now()
