import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
// A server knows no reader's zone: it writes the town's days, and the browser its own where they differ.
const ZONE = typeof document === 'undefined' ? { timeZone: 'Asia/Seoul' } : {}

/** A list of cards asks for the same few formatters hundreds of times, and making one is the dear part: one a language. */
function perLanguage<Formatter>(make: (locale: string) => Formatter): () => Formatter {
  const made = new Map<string, Formatter>()
  return () => {
    const locale = getLocale()
    const formatter = made.get(locale) ?? make(locale)
    made.set(locale, formatter)
    return formatter
  }
}
const numbers = perLanguage((locale) => new Intl.NumberFormat(locale))
const spans = perLanguage(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' }),
)
const years = perLanguage((locale) => new Intl.DateTimeFormat(locale, { year: 'numeric', ...ZONE }))
const days = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...ZONE }),
)
const daysOfYears = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', year: 'numeric', ...ZONE }),
)
const moments = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', ...ZONE }),
)

/** 12,000원 · ₩12,000; a free thing is a gift, never zero won. */
export function won(amount: number): string {
  if (amount === 0) return m.price_free()
  return m.price_won({ amount: numbers().format(amount) })
}

export const count = (amount: number) => numbers().format(amount)

/** "방금", "5분 전", "3시간 전" under a day; a date after that. */
export function when(at: string, nowMs = Date.now()): string {
  const agoMs = nowMs - Date.parse(at)
  if (agoMs < MINUTE_MS) return m.time_now()
  if (agoMs < HOUR_MS) return spans().format(-Math.floor(agoMs / MINUTE_MS), 'minute')
  if (agoMs < DAY_MS) return spans().format(-Math.floor(agoMs / HOUR_MS), 'hour')
  const moment = new Date(at)
  const thisYear = years().format(moment) === years().format(new Date(nowMs))
  return (thisYear ? days() : daysOfYears()).format(moment)
}

export const fullTime = (at: string) => moments().format(new Date(at))

/** Two moments of one day, on the reader's clock, have the same key. */
export const dayKey = (at: Date) => daysOfYears().format(at)

/** Positions are only known to about 100 m, so nothing finer is ever said. Each unit ends where rounding would fill it. */
export function distance(km: number): string {
  if (km < 0.3) return m.distance_near()
  if (km < 0.95) return m.distance_m({ amount: String(Math.round(km * 10) * 100) })
  return m.distance_km({ amount: km < 9.95 ? km.toFixed(1) : String(Math.round(km)) })
}
