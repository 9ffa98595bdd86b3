import { describe, expect, it } from 'vitest'
import { type Answers, checkAnswers, digitsOf, groupDigits } from './form.ts'
import { DESCRIPTION_LENGTH_MAX, PRICE_MAX, TITLE_LENGTH_MAX } from './limits.ts'

const GOOD: Answers = {
  title: ' 의자 ',
  category: 'furniture',
  price: '15000',
  free: false,
  description: ' 튼튼해요 ',
}
const complaintsAbout = (answers: Partial<Answers>) => {
  const checked = checkAnswers({ ...GOOD, ...answers })
  return checked.ok ? [] : Object.keys(checked.complaints)
}

describe('what is posted', () => {
  it('is sent trimmed, with the price as a number', () => {
    expect(checkAnswers(GOOD)).toEqual({
      ok: true,
      value: { title: '의자', category: 'furniture', price: 15_000, description: '튼튼해요' },
    })
  })

  it('is free when it is given away, whatever price was typed before', () => {
    expect(checkAnswers({ ...GOOD, free: true })).toMatchObject({ ok: true, value: { price: 0 } })
  })

  it('needs every field, and says so beside each at once', () => {
    const nothing = { title: ' ', category: '', price: '', description: '\n' }
    expect(complaintsAbout(nothing)).toEqual(['title', 'category', 'price', 'description'])
  })

  it('counts letters as people do, not code units', () => {
    expect(complaintsAbout({ title: '🪑' })).toEqual(['title'])
    expect(complaintsAbout({ title: '🪑'.repeat(TITLE_LENGTH_MAX) })).toEqual([])
    expect(complaintsAbout({ title: '🪑'.repeat(TITLE_LENGTH_MAX + 1) })).toEqual(['title'])
    expect(complaintsAbout({ description: '가'.repeat(DESCRIPTION_LENGTH_MAX + 1) })).toEqual(['description'])
  })

  it('may cost as much as the market allows and no more', () => {
    expect(complaintsAbout({ price: String(PRICE_MAX) })).toEqual([])
    expect(complaintsAbout({ price: String(PRICE_MAX + 1) })).toEqual(['price'])
    expect(complaintsAbout({ price: '0' })).toEqual(['price'])
  })
})

describe('a price being typed', () => {
  it('keeps its digits only, without leading zeros', () => {
    expect(digitsOf('₩ 012,000원')).toBe('12000')
    expect(digitsOf('공짜')).toBe('')
    expect(digitsOf('9'.repeat(30))).toHaveLength(String(PRICE_MAX).length)
  })

  it('is grouped by thousands', () => {
    expect(['', '5', '1000', '1234567'].map(groupDigits)).toEqual(['', '5', '1,000', '1,234,567'])
  })
})
