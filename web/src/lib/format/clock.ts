import { getLocale } from '$lib/paraglide/runtime.js'
import { dayOfYear } from './days.ts'

/** "09:12" today, the day before it on any other: when something was read on this device. */
export function clock(at: string, now = new Date()): string {
  const moment = new Date(at)
  const time = new Intl.DateTimeFormat(getLocale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const isToday = dayOfYear(moment) === dayOfYear(now)
  return isToday ? time.format(moment) : `${dayOfYear(moment)} ${time.format(moment)}`
}
