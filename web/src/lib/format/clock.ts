import { getLocale } from '$lib/paraglide/runtime.js'
import { dayKey } from './words.ts'

/** "09:12" today, the day before it on any other: when something was read on this device. */
export function clock(at: string, now = new Date()): string {
  const moment = new Date(at)
  const time = new Intl.DateTimeFormat(getLocale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const isToday = dayKey(moment) === dayKey(now)
  return isToday ? time.format(moment) : `${dayKey(moment)} ${time.format(moment)}`
}
