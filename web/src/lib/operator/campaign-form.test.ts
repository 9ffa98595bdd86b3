import { describe, expect, it } from 'vitest'
import { OpenCampaignRequest } from '#contracts/coupons'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { type CampaignAnswers, checkCampaign, costAtMost, daysOf, townDay } from './campaign-form.ts'

overwriteGetLocale(() => 'ko')

const GOOD: CampaignAnswers = {
  title: '매일 13시 쿠폰',
  description: '',
  kind: 'amount',
  amount: 3000,
  percent: '',
  cap: null,
  minSpend: 5000,
  categories: [],
  total: '100',
  perMemberADay: '1',
  perMemberInAll: '',
  rhythm: 'daily',
  time: '13:00',
  from: '2026-12-01',
  until: '2026-12-31',
  openDay: '2026-12-01',
  openTime: '13:00',
  closeDay: '2026-12-01',
  closeTime: '18:00',
  validForDays: '31',
}

describe('the form that opens a campaign', () => {
  it('sends what the contract takes', () => {
    for (const answers of [GOOD, { ...GOOD, rhythm: 'once' as const, description: '하루만' }])
      expect(OpenCampaignRequest.safeParse(checkCampaign(answers).plan).success).toBe(true)
    const percent = { ...GOOD, kind: 'percent' as const, percent: '10', cap: 5000, perMemberInAll: '3' }
    expect(OpenCampaignRequest.safeParse(checkCampaign(percent).plan).success).toBe(true)
  })

  it('opens and closes by the clock of the town', () => {
    expect(checkCampaign({ ...GOOD, rhythm: 'once' }).plan?.rhythm).toEqual({
      kind: 'once',
      opensAt: '2026-12-01T04:00:00.000Z',
      closesAt: '2026-12-01T09:00:00.000Z',
    })
    expect(townDay(Date.parse('2026-11-30T15:00:00Z'))).toBe('2026-12-01')
    expect(townDay(Date.parse('2026-11-30T14:59:59Z'), 1)).toBe('2026-12-01')
  })

  it('says beside each field what is amiss, and sends nothing', () => {
    const amiss = (given: Partial<CampaignAnswers>) => {
      const { complaints, plan } = checkCampaign({ ...GOOD, ...given })
      expect(plan).toBeNull()
      return Object.keys(complaints)
    }
    expect(amiss({ title: ' 쿠 ' })).toEqual(['title'])
    expect(amiss({ amount: 0 })).toEqual(['amount'])
    expect(amiss({ kind: 'percent', percent: '101', cap: null })).toEqual(['percent', 'cap'])
    expect(amiss({ total: '10001', perMemberADay: '' })).toEqual(['total', 'perMemberADay'])
    expect(amiss({ perMemberInAll: '0', validForDays: '91' })).toEqual(['perMemberInAll', 'validForDays'])
    expect(amiss({ until: '2026-11-30' })).toEqual(['when'])
    expect(amiss({ rhythm: 'once', closeDay: '' })).toEqual(['when'])
  })

  it('tells what it can cost at most', () => {
    const daily = checkCampaign(GOOD).plan
    const once = checkCampaign({ ...GOOD, rhythm: 'once', kind: 'percent', percent: '10', cap: 2000 }).plan
    expect(daily && [daysOf(daily.rhythm), costAtMost(daily)]).toEqual([31, 9_300_000])
    expect(once && [daysOf(once.rhythm), costAtMost(once)]).toEqual([1, 200_000])
  })
})
