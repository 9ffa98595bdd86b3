import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attemptFrom,
  type Counter,
  delayAfter,
  FRESH_SOURCE,
  type GuessPolicy,
  takeOne,
} from './throttle.rules.ts'

const MINUTE_MS = 60_000
const POLICY: GuessPolicy = {
  strangers: { max: 10, windowMs: 15 * MINUTE_MS },
  freeAttempts: 5,
  firstDelayMs: 5_000,
  delayMsMax: 15 * MINUTE_MS,
  forgetAfterMs: 15 * MINUTE_MS,
}
const gaps = fc.array(fc.integer({ min: 0, max: 2 * MINUTE_MS }), { maxLength: 200 })

describe('a plain limit', () => {
  it('admits no more than its maximum in a window, whenever the calls come', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 8 }), (pauses, max) => {
        let counter: Counter | null = null
        let nowMs = 1_000_000
        const perWindow = new Map<number, number>()
        for (const pause of pauses) {
          nowMs += pause
          const taken = takeOne(counter, { max, windowMs: MINUTE_MS }, nowMs)
          counter = taken.counter
          if (taken.admission.admitted)
            perWindow.set(counter.windowEndsMs, (perWindow.get(counter.windowEndsMs) ?? 0) + 1)
        }
        return [...perWindow.values()].every((count) => count <= max)
      }),
    )
  })

  it('says truthfully when to come back', () => {
    const full: Counter = { count: 5, windowEndsMs: 90_000 }
    const refused = takeOne(full, { max: 5, windowMs: MINUTE_MS }, 40_000)
    expect(refused.admission).toEqual({ admitted: false, retryAfterMs: 50_000 })
    expect(takeOne(refused.counter, { max: 5, windowMs: MINUTE_MS }, 90_000).admission.admitted).toBe(true)
  })
})

describe('attempts of one source', () => {
  it('never come sooner than the delay that the one before earned', () => {
    fc.assert(
      fc.property(gaps, (pauses) => {
        let source = FRESH_SOURCE
        let nowMs = 1_000_000
        for (const pause of pauses) {
          nowMs += pause
          const tried = attemptFrom(source, POLICY, nowMs)
          if (tried.admission.admitted && source.blockedUntilMs > nowMs) return false
          if (!tried.admission.admitted && tried.source.attempts > source.attempts) return false
          source = tried.source
        }
        return true
      }),
    )
  })

  it('are free at first, then wait twice as long each time up to the longest', () => {
    const delays = Array.from({ length: 20 }, (_, index) => delayAfter(index + 1, POLICY))
    expect(delays.slice(0, 8)).toEqual([0, 0, 0, 0, 5_000, 10_000, 20_000, 40_000])
    expect(delays.at(-1)).toBe(POLICY.delayMsMax)
  })

  it('start afresh after a quiet while', () => {
    let source = FRESH_SOURCE
    for (let attempt = 0; attempt < 5; attempt++) source = attemptFrom(source, POLICY, 0).source
    expect(attemptFrom(source, POLICY, 4_999).admission.admitted).toBe(false)
    expect(attemptFrom(source, POLICY, source.forgetAtMs).source.attempts).toBe(1)
  })
})
