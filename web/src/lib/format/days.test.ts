import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { dayFrom, dayOfYear } from './days.ts'

const moments = fc.date({
  min: new Date('1990-01-01T00:00:00Z'),
  max: new Date('2090-01-01T00:00:00Z'),
  noInvalidDate: true,
})
const byIntl = (locale: string, at: Date, year?: 'numeric') =>
  new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    ...(year ? { year } : {}),
    timeZone: 'Asia/Seoul',
  }).format(at)

describe.each(['ko', 'en'] as const)('a day in %s', (locale) => {
  it('of the town is written as Intl writes it, with its year', () => {
    overwriteGetLocale(() => locale)
    fc.assert(
      fc.property(moments, (at) => {
        expect(dayOfYear(at)).toBe(byIntl(locale, at, 'numeric'))
      }),
    )
  })

  it('of this year goes without it', () => {
    overwriteGetLocale(() => locale)
    fc.assert(
      fc.property(moments, (at) => {
        expect(dayFrom(at, at)).toBe(byIntl(locale, at))
      }),
    )
  })
})
