import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { countdownOf, discountWords, leftInWords, termsWords, townTime } from './words.ts'

overwriteGetLocale(() => 'ko')

describe('words about a coupon', () => {
  it('say what it takes off, from what price and off what', () => {
    expect(discountWords({ kind: 'amount', amount: 3_000 })).toBe('3,000원')
    expect(discountWords({ kind: 'percent', percent: 10, cap: 5_000 })).toBe('10%')
    const terms = {
      discount: { kind: 'percent', percent: 10, cap: 5_000 },
      minSpend: 20_000,
      categories: [],
    } as const
    expect(termsWords(terms)).toContain('5,000원')
    expect(termsWords(terms)).toContain('20,000원')
  })

  it('count down rounded up: while a part of a second is left it is not yet time', () => {
    expect(countdownOf(1)).toEqual({ days: 0, clock: '00:00:01' })
    expect(countdownOf(0)).toEqual({ days: 0, clock: '00:00:00' })
    expect(countdownOf(-5_000)).toEqual({ days: 0, clock: '00:00:00' })
    expect(countdownOf(90_061_000)).toEqual({ days: 1, clock: '01:01:01' })
    expect(leftInWords(30_000)).toContain('30')
  })

  it('tell the time of the town, wherever the reader is', () => {
    expect(townTime('2026-11-21T04:00:00Z')).toBe('13:00')
  })
})
