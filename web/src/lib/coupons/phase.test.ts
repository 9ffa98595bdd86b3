import { describe, expect, it } from 'vitest'
import type { Campaign, CampaignPulse } from '#contracts/coupons'
import { nextOpening, phaseOf, pulseAfterMs, stepPassed } from './phase.ts'

const daily: Pick<Campaign, 'rhythm'> = {
  rhythm: { kind: 'daily', opensAtTime: '13:00', from: '2026-11-20', until: '2026-11-22' },
}
type Pulse = Omit<CampaignPulse, 'id'>
const pulse = (given: Partial<Pulse> = {}): Pulse => ({
  state: 'scheduled',
  day: '2026-11-21',
  opensAt: '2026-11-21T04:00:00.000Z',
  closesAt: '2026-11-21T15:00:00.000Z',
  remaining: 100,
  now: '2026-11-21T03:00:00.000Z',
  ...given,
})
const at = (time: string) => Date.parse(`2026-11-21T${time}Z`)

describe('how a day of coupons stands', () => {
  it('opens by the clock, on the second, before any pulse has said so', () => {
    expect(phaseOf(pulse(), at('03:59:59.999'), daily)).toBe('before')
    expect(phaseOf(pulse(), at('04:00:00.000'), daily)).toBe('open')
  })

  it('is over when the last coupon is gone, and closes by the clock', () => {
    expect(phaseOf(pulse({ state: 'sold_out', remaining: 0 }), at('04:00:03'), daily)).toBe('sold_out')
    expect(phaseOf(pulse({ state: 'open', remaining: 7 }), at('15:00:00'), daily)).toBe('closed')
    expect(phaseOf(pulse({ day: '2026-11-22' }), at('15:00:00'), daily)).toBe('ended')
  })

  it('gives out nothing while it is paused or ended, whatever the clock says', () => {
    expect(phaseOf(pulse({ state: 'paused' }), at('05:00:00'), daily)).toBe('paused')
    expect(phaseOf(pulse({ state: 'ended' }), at('05:00:00'), daily)).toBe('ended')
  })

  it('opens again the next day at the same hour, until its last day', () => {
    expect(nextOpening(daily, pulse())).toBe('2026-11-22T04:00:00.000Z')
    expect(nextOpening(daily, pulse({ day: '2026-11-22' }))).toBeNull()
    const once = {
      rhythm: { kind: 'once', opensAt: '2026-11-21T04:00:00Z', closesAt: '2026-11-21T15:00:00Z' },
    } as const
    expect(nextOpening(once, pulse())).toBeNull()
  })

  it('is looked at each second while something may happen, and not at all once it has ended', () => {
    expect(pulseAfterMs('open', 0)).toBe(1_000)
    expect(pulseAfterMs('before', 59_000)).toBe(1_000)
    expect(pulseAfterMs('before', 3_600_000)).toBe(10_000)
    expect(pulseAfterMs('ended', 0)).toBeNull()
  })

  it('says aloud what is left at a few steps only', () => {
    expect(stepPassed(100, 80, 100)).toBeNull()
    expect(stepPassed(80, 74, 100)).toBe(74)
    expect(stepPassed(74, 40, 100)).toBe(40)
    expect(stepPassed(3, 0, 100)).toBe(0)
    expect(stepPassed(0, 0, 100)).toBeNull()
  })
})
