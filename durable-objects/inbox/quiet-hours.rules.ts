import type { QuietHours } from '#contracts/notifications'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/**
 * When something that comes at `atMs` may be announced: at once, or at the first moment the quiet hours are over. They are hours of the
 * zone's own clock, may pass midnight, and hold on days when that clock is put forward or back. Equal ends mean no quiet hours.
 */
export function announceAtOf(quiet: QuietHours | null, atMs: number): number {
  if (quiet === null || !isQuiet(quiet, atMs)) return atMs
  const offset = offsetMinutesOf(quiet.zone, atMs)
  const endMs = nextUntil(quiet, atMs)
  if (offsetMinutesOf(quiet.zone, endMs) === offset) return endMs
  // The clock jumps before that: the quiet may end with the jump, and past it the way is as far as the new clock says.
  const jumpMs = firstMinuteOf(atMs, endMs, (ms) => offsetMinutesOf(quiet.zone, ms) !== offset)
  return isQuiet(quiet, jumpMs) ? nextUntil(quiet, jumpMs) : jumpMs
}

/** Whether the zone's clock stands within the quiet hours; their last minute is the one before `until`. */
export function isQuiet({ from, until, zone }: QuietHours, atMs: number): boolean {
  const [start, end, now] = [minutesOf(from), minutesOf(until), clockMinutesOf(zone, atMs)]
  return start <= end ? start <= now && now < end : now >= start || now < end
}

/** The next full minute at which the clock, going on as it goes now, shows `until`. */
function nextUntil({ until, zone }: QuietHours, atMs: number): number {
  const left = (minutesOf(until) - clockMinutesOf(zone, atMs) + DAY_MINUTES) % DAY_MINUTES
  return startOfMinute(atMs) + left * MINUTE_MS
}

function firstMinuteOf(fromMs: number, toMs: number, holds: (ms: number) => boolean): number {
  let [before, after] = [startOfMinute(fromMs), startOfMinute(toMs)]
  while (after - before > MINUTE_MS) {
    const middle = startOfMinute((before + after) / 2)
    if (holds(middle)) after = middle
    else before = middle
  }
  return after
}

const startOfMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const clockMinutesOf = (zone: string, atMs: number): number => {
  const minutes = Math.floor(atMs / MINUTE_MS) + offsetMinutesOf(zone, atMs)
  return ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
}

const formats = new Map<string, Intl.DateTimeFormat>()
const FORMATS_MAX = 50

/** How far the zone's clock is ahead of UTC at that moment, in whole minutes (no zone of today is off by seconds). */
function offsetMinutesOf(zone: string, atMs: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const shownMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  return Math.round((shownMs - startOfMinute(atMs)) / MINUTE_MS)
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  if (formats.size >= FORMATS_MAX) formats.clear()
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  })
  formats.set(zone, format)
  return format
}
