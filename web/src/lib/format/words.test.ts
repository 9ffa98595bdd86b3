import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { count, distance, when, won } from './words.ts'

const speak = (locale: 'ko' | 'en') => overwriteGetLocale(() => locale)
afterEach(() => speak('ko'))

const NOW = Date.parse('2026-03-10T03:00:00Z')
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

describe('count', () => {
  it('groups any whole number as Intl does in both languages', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('ko', 'en'), (amount, locale) => {
        expect(count(amount)).toBe(new Intl.NumberFormat(locale).format(amount))
      }),
    )
  })
})

describe('won', () => {
  it('groups thousands and says the unit as each language does', () => {
    speak('ko')
    expect(won(12_000)).toBe('12,000원')
    speak('en')
    expect(won(12_000)).toBe('₩12,000')
  })

  it('calls a free thing a gift, never zero won', () => {
    speak('ko')
    expect(won(0)).toBe('나눔')
  })
})

describe('when', () => {
  it('is relative under a day', () => {
    speak('ko')
    expect(when(ago(0.5), NOW)).toBe('방금')
    expect(when(ago(5), NOW)).toBe('5분 전')
    expect(when(ago(3 * 60 + 59), NOW)).toBe('3시간 전')
  })

  it('treats a clock that runs ahead as just now', () => {
    expect(when(ago(-10), NOW)).toBe('방금')
  })

  it('is a date after a day, in days of the town, with the year once it is another', () => {
    speak('ko')
    expect(when('2026-03-08T16:00:00Z', NOW)).toBe('3월 9일')
    expect(when('2025-12-31T14:59:00Z', NOW)).toBe('2025년 12월 31일')
    expect(when('2025-12-31T15:00:00Z', NOW)).toBe('1월 1일')
  })
})

describe('distance', () => {
  it('says nothing finer than is known', () => {
    speak('ko')
    expect(distance(0.1)).toBe('바로 근처')
    expect(distance(0.72)).toBe('700m')
    expect(distance(3.46)).toBe('3.5km')
    expect(distance(12.4)).toBe('12km')
  })

  it('does not call a thing a thousand metres away, nor ten point zero kilometres', () => {
    expect([0.94, 0.97, 9.94, 9.97].map(distance)).toEqual(['900m', '1.0km', '9.9km', '10km'])
  })
})
