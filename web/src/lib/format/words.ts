import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
// A server knows no reader's zone: it writes the town's days, and the browser its own where they differ.
const ZONE = typeof document === 'undefined' ? { timeZone: 'Asia/Seoul' } : {}

/** 12,000원 · ₩12,000; a free thing is a gift, never zero won. */
export function won(amount: number): string {
  if (amount === 0) return m.price_free()
  return m.price_won({ amount: new Intl.NumberFormat(getLocale()).format(amount) })
}

export const count = (amount: number) => new Intl.NumberFormat(getLocale()).format(amount)

/** "방금", "5분 전", "3시간 전" under a day; a date after that. */
export function when(at: string, nowMs = Date.now()): string {
  const agoMs = nowMs - Date.parse(at)
  if (agoMs < MINUTE_MS) return m.time_now()
  const relative = new Intl.RelativeTimeFormat(getLocale(), { numeric: 'always', style: 'narrow' })
  if (agoMs < HOUR_MS) return relative.format(-Math.floor(agoMs / MINUTE_MS), 'minute')
  if (agoMs < DAY_MS) return relative.format(-Math.floor(agoMs / HOUR_MS), 'hour')
  const yearOf = (moment: Date) => new Intl.DateTimeFormat('en', { year: 'numeric', ...ZONE }).format(moment)
  const thisYear = yearOf(new Date(at)) === yearOf(new Date(nowMs))
  return new Intl.DateTimeFormat(getLocale(), {
    month: 'short',
    day: 'numeric',
    ...ZONE,
    ...(thisYear ? {} : { year: 'numeric' }),
  }).format(new Date(at))
}

export const fullTime = (at: string) =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'long', timeStyle: 'short', ...ZONE }).format(
    new Date(at),
  )

/** Positions are only known to about 100 m, so nothing finer is ever said. Each unit ends where rounding would fill it. */
export function distance(km: number): string {
  if (km < 0.3) return m.distance_near()
  if (km < 0.95) return m.distance_m({ amount: String(Math.round(km * 10) * 100) })
  return m.distance_km({ amount: km < 9.95 ? km.toFixed(1) : String(Math.round(km)) })
}
