import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import { dayFrom } from './days.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
// A server knows no reader's zone: it writes the town's days, and the browser its own where they differ.
const ZONE = typeof document === 'undefined' ? { timeZone: 'Asia/Seoul' } : {}

/** 12,000원 · ₩12,000; a free thing is a gift, never zero won. */
export function won(amount: number): string {
  if (amount === 0) return m.price_free()
  return m.price_won({ amount: count(amount) })
}

/** 12,000: a whole number, as both languages group it; why not by Intl, days.ts says. */
export const count = (amount: number): string => String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ',')

/** "방금", "5분 전", "3시간 전" under a day; a date after that. */
export function when(at: string, nowMs = Date.now()): string {
  const agoMs = nowMs - Date.parse(at)
  if (agoMs < MINUTE_MS) return m.time_now()
  if (agoMs < HOUR_MS) return m.time_minutes({ amount: Math.floor(agoMs / MINUTE_MS) })
  if (agoMs < DAY_MS) return m.time_hours({ amount: Math.floor(agoMs / HOUR_MS) })
  return dayFrom(new Date(at), new Date(nowMs))
}

/** "2025년 12월 31일 오후 11:59": what a person signs or waits for. */
export const fullTime = (at: string): string =>
  new Intl.DateTimeFormat(getLocale(), { dateStyle: 'long', timeStyle: 'short', ...ZONE }).format(
    new Date(at),
  )

/** Positions are only known to about 100 m, so nothing finer is ever said. Each unit ends where rounding would fill it. */
export function distance(km: number): string {
  if (km < 0.3) return m.distance_near()
  if (km < 0.95) return m.distance_m({ amount: String(Math.round(km * 10) * 100) })
  return m.distance_km({ amount: km < 9.95 ? km.toFixed(1) : String(Math.round(km)) })
}
