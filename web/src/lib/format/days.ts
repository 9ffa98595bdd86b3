import { getLocale } from '$lib/paraglide/runtime.js'

/**
 * Calendar days, written as Intl writes them (days.test.ts holds it to that). The first of Intl's formatters takes a phone a tenth of a
 * second to make, in the very moment a page comes alive, and a list of cards needs no more of it than this.
 */
type Day = { year: number; month: number; day: number }

const HOUR_MS = 60 * 60_000
/** Korea keeps one time all year. */
const TOWN_AHEAD_MS = 9 * HOUR_MS
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A server knows no reader's zone: it says the town's day, and the browser its own where they differ. */
const dayAt = (at: Date): Day =>
  typeof document === 'undefined'
    ? utcDayOf(new Date(at.getTime() + TOWN_AHEAD_MS))
    : { year: at.getFullYear(), month: at.getMonth(), day: at.getDate() }

const utcDayOf = (at: Date): Day => ({
  year: at.getUTCFullYear(),
  month: at.getUTCMonth(),
  day: at.getUTCDate(),
})

const inKorean = ({ month, day }: Day): string => `${month + 1}월 ${day}일`
const inEnglish = ({ month, day }: Day): string => `${MONTHS[month]} ${day}`

/** "2025년 12월 31일" · "Dec 31, 2025". Two moments of one day, on the reader's clock, are written alike. */
export function dayOfYear(at: Date): string {
  const day = dayAt(at)
  return getLocale() === 'ko' ? `${day.year}년 ${inKorean(day)}` : `${inEnglish(day)}, ${day.year}`
}

/** The same, without its year when `now` is in it. */
export function dayFrom(at: Date, now: Date): string {
  const day = dayAt(at)
  if (day.year !== dayAt(now).year) return dayOfYear(at)
  return getLocale() === 'ko' ? inKorean(day) : inEnglish(day)
}
