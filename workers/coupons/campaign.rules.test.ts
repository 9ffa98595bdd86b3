import { describe, expect, it } from 'vitest'
import type { OpenCampaign, Rhythm } from '#contracts/coupons'
import { toIso } from '#kit/clock'
import { endOf, faultsOfRhythm, windowAt, windowOfDay } from './campaign.rules.ts'

const DAILY: Rhythm = { kind: 'daily', opensAtTime: '13:00', from: '2026-12-01', until: '2026-12-31' }
const kst = (time: string) => Date.parse(`${time}+09:00`)
const seen = (atMs: number) => {
  const { day, opensAtMs, closesAtMs } = windowAt(DAILY, atMs)
  return { day, opensAt: toIso(opensAtMs), closesAt: toIso(closesAtMs) }
}

describe('a campaign of every day', () => {
  it('opens at its time of the town and closes at the town’s midnight', () => {
    expect(seen(kst('2026-12-03T12:59:59.999'))).toEqual({
      day: '2026-12-03',
      opensAt: '2026-12-03T04:00:00.000Z',
      closesAt: '2026-12-03T15:00:00.000Z',
    })
  })

  it('is about the next day from the town’s midnight on, also over the end of a month', () => {
    expect(seen(kst('2026-12-03T23:59:59.999')).day).toBe('2026-12-03')
    expect(seen(kst('2026-12-04T00:00:00.000')).day).toBe('2026-12-04')
    const overMonths: Rhythm = { ...DAILY, until: '2027-03-01' }
    expect(windowAt(overMonths, kst('2027-02-28T23:59:59.999')).day).toBe('2027-02-28')
    expect(windowAt(overMonths, kst('2027-03-01T00:00:00.000')).day).toBe('2027-03-01')
  })

  it('is about its first day before it, and about its last day after it', () => {
    expect(seen(kst('2026-11-21T09:00:00.000')).day).toBe('2026-12-01')
    expect(seen(kst('2027-01-02T09:00:00.000')).day).toBe('2026-12-31')
    expect(toIso(endOf(DAILY))).toBe('2026-12-31T15:00:00.000Z')
  })

  it('has only the days between, and only days there are', () => {
    expect(windowOfDay(DAILY, '2026-12-31')?.day).toBe('2026-12-31')
    for (const day of ['2026-11-30', '2027-01-01', '2026-12-32', '2026-12-1x'])
      expect(windowOfDay(DAILY, day)).toBeNull()
  })
})

describe('the times of a campaign to be opened', () => {
  const asked = (rhythm: Rhythm): OpenCampaign => ({
    ...{ title: '쿠폰', discount: { kind: 'amount', amount: 1 }, minSpend: 0, categories: [], total: 1 },
    ...{ perMemberADay: 1, perMemberInAll: null, validForDays: 1 },
    rhythm,
  })
  const nowMs = kst('2026-12-05T10:00:00.000')

  it('may have begun, and must not be over', () => {
    expect(faultsOfRhythm(asked(DAILY), nowMs)).toEqual([])
    expect(faultsOfRhythm(asked({ ...DAILY, until: '2026-12-05' }), nowMs)).toEqual([])
    expect(faultsOfRhythm(asked({ ...DAILY, until: '2026-12-04' }), nowMs)).toHaveLength(1)
    expect(faultsOfRhythm(asked({ ...DAILY, until: '2028-12-04' }), nowMs)).toHaveLength(1)
  })
})
