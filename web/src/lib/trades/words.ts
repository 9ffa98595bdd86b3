import type { Reputation } from '#contracts/trades'
import { m } from '$lib/paraglide/messages.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * "7일 남음", "23시간 남음". Days are rounded, so that seven days just begun are seven; the moment itself stands beside them. Hours and minutes
 * are rounded down, so that nobody near the end is promised time they do not have.
 */
export function timeLeft(until: string, nowMs = Date.now()): string {
  const leftMs = Date.parse(until) - nowMs
  if (leftMs >= 2 * DAY_MS) return m.trade_left_days({ count: String(Math.round(leftMs / DAY_MS)) })
  if (leftMs >= HOUR_MS) return m.trade_left_hours({ count: String(Math.floor(leftMs / HOUR_MS)) })
  if (leftMs >= MINUTE_MS) return m.trade_left_minutes({ count: String(Math.floor(leftMs / MINUTE_MS)) })
  return m.trade_left_none()
}

/** "약속 12번 중 12번 지킴". Coming late is coming, and is said beside it; null before the first appointment. */
export function reliability({ appointments: { kept, late, missed } }: Pick<Reputation, 'appointments'>) {
  const total = kept + late + missed
  return total === 0 ? null : m.trade_reliability({ total: String(total), kept: String(kept + late) })
}
