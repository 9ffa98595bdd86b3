import type { GroupBuyCard, MyGroupBuy } from '#contracts/group-buys'
import { count } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import { money } from '$lib/wallet/money.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** "3일 뒤", "5시간 뒤", "12분 뒤"; never longer than it is. Null once it is over. */
export function leftWords(leftMs: number): string | null {
  if (leftMs <= 0) return null
  if (leftMs >= DAY_MS) return m.gb_left_days({ count: String(Math.floor(leftMs / DAY_MS)) })
  if (leftMs >= HOUR_MS) return m.gb_left_hours({ count: String(Math.floor(leftMs / HOUR_MS)) })
  return m.gb_left_minutes({ count: String(Math.max(1, Math.floor(leftMs / MINUTE_MS))) })
}

/** When it closes, in a list. */
export function closesWords(deadline: string, nowMs: number): string {
  const left = leftWords(Date.parse(deadline) - nowMs)
  return left === null ? m.gb_closed() : m.gb_deadline_left({ left })
}

/** "3상자", "3 cones": Korean counters stand at their number, whatever else is a word of its own. */
export function unitsWords(units: number, unit: string): string {
  const isCounter = getLocale() === 'ko' && /^[가-힣]/.test(unit)
  return `${count(units)}${isCounter ? '' : ' '}${unit}`
}

export const unitPriceWords = ({ unitPrice, unit }: Pick<GroupBuyCard, 'unitPrice' | 'unit'>): string =>
  m.gb_unit_price({ amount: money(unitPrice), unit })

/** Why it came to nothing after all, for those whose money is back. */
export function cancelledForMember(failure: MyGroupBuy['failure']): () => string {
  if (failure === 'GROUP_BUY_OVERDUE') return m.gb_told_overdue
  return failure === 'VOTE_CLOSED' ? m.gb_told_voted_down : m.gb_told_cancelled
}
/** The same for its host, who called it off or did not. */
export function cancelledForHost(failure: MyGroupBuy['failure']): () => string {
  if (failure === 'GROUP_BUY_OVERDUE') return m.gb_overdue
  return failure === 'VOTE_CLOSED' ? m.gb_voted_down : m.gb_cancelled
}

/** How far it is from going ahead. */
export function minimumWords({
  filledUnits,
  minUnits,
  unit,
}: Pick<GroupBuyCard, 'filledUnits' | 'minUnits' | 'unit'>): string {
  const missing = minUnits - filledUnits
  return missing > 0 ? m.gb_min_missing({ units: unitsWords(missing, unit) }) : m.gb_min_reached()
}
