import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QuietHours } from '#contracts/notifications'
import { announceAtOf, isQuiet } from './quiet-hours.rules.ts'

const MINUTE_MS = 60_000
/** Put forward and back by an hour, by half an hour, on southern dates, never. */
const ZONES = [
  'Asia/Seoul',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kathmandu',
]

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`)
const quietHours = fc.record({ from: clock, until: clock, zone: fc.constantFrom(...ZONES) })
/** Around the nights when clocks are changed, and any other moment. */
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }),
  ...['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-09-06'].map(
    (day) => fc.integer({ min: Date.parse(day) - 86_400_000, max: Date.parse(day) + 2 * 86_400_000 }),
  ),
)

/** Minute by minute until it is not quiet any more. */
function firstLoudMinute(quiet: QuietHours, atMs: number): number {
  let ms = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
  while (isQuiet(quiet, ms)) ms += MINUTE_MS
  return ms
}

const NIGHT: QuietHours = { from: '22:00', until: '07:00', zone: 'Asia/Seoul' }
const at = (iso: string) => Date.parse(iso)

describe('quiet hours', () => {
  it('let through at once what comes by day', () => {
    expect(announceAtOf(NIGHT, at('2026-11-21T12:00:00+09:00'))).toBe(at('2026-11-21T12:00:00+09:00'))
    expect(announceAtOf(NIGHT, at('2026-11-21T07:00:00+09:00'))).toBe(at('2026-11-21T07:00:00+09:00'))
    expect(announceAtOf(null, 5)).toBe(5)
  })

  it('put off to the morning what comes before or after midnight', () => {
    const morning = at('2026-11-22T07:00:00+09:00')
    expect(announceAtOf(NIGHT, at('2026-11-21T22:00:00+09:00'))).toBe(morning)
    expect(announceAtOf(NIGHT, at('2026-11-22T06:59:59+09:00'))).toBe(morning)
  })

  it('within one day end on that day', () => {
    const nap: QuietHours = { from: '13:00', until: '14:30', zone: 'Asia/Seoul' }
    expect(announceAtOf(nap, at('2026-11-21T13:15:20+09:00'))).toBe(at('2026-11-21T14:30:00+09:00'))
    expect(announceAtOf(nap, at('2026-11-21T14:30:00+09:00'))).toBe(at('2026-11-21T14:30:00+09:00'))
  })

  it('end at seven of the new clock when it was changed in the night', () => {
    const berlin: QuietHours = { ...NIGHT, zone: 'Europe/Berlin' }
    expect(announceAtOf(berlin, at('2026-03-28T23:00:00+01:00'))).toBe(at('2026-03-29T07:00:00+02:00'))
    expect(announceAtOf(berlin, at('2026-10-24T23:00:00+02:00'))).toBe(at('2026-10-25T07:00:00+01:00'))
  })

  it('end with the jump when the hour they end in does not exist', () => {
    const odd: QuietHours = { from: '22:00', until: '02:30', zone: 'Europe/Berlin' }
    expect(announceAtOf(odd, at('2026-03-29T01:00:00+01:00'))).toBe(at('2026-03-29T03:00:00+02:00'))
  })

  it('from and until the same are none', () => {
    const none: QuietHours = { from: '08:00', until: '08:00', zone: 'Asia/Seoul' }
    fc.assert(fc.property(moment, (ms) => announceAtOf(none, ms) === ms))
  })

  it('end exactly where a look at every minute says, never earlier than the thing came', () => {
    fc.assert(
      fc.property(quietHours, moment, (quiet, ms) => {
        const announced = announceAtOf(quiet, ms)
        expect(announced).toBe(isQuiet(quiet, ms) ? firstLoudMinute(quiet, ms) : ms)
        expect(announced).toBeGreaterThanOrEqual(ms)
        expect(isQuiet(quiet, announced)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })
})
