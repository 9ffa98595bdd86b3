import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longText, text } from './text.ts'

describe('text from outside', () => {
  const title = text(2, 10)

  it('is trimmed and brought to NFC, so that one word has one spelling', () => {
    expect(title.parse(`  ${'자전거'.normalize('NFD')} `)).toBe('자전거')
  })

  it('counts people’s characters, not code units', () => {
    expect(title.safeParse('😀'.repeat(10)).success).toBe(true)
    expect(title.safeParse('😀'.repeat(11)).success).toBe(false)
  })

  it.each([
    ['a NUL', 'ab\u0000cd'],
    ['a lone surrogate', 'ab\ud800cd'],
    ['a bidi override', 'ab\u202ecd'],
    ['a zero-width space', 'ad\u200bmin'],
    ['a Hangul filler', 'ab\u3164cd'],
    ['a line break in a line', 'ab\ncd'],
    ['two hundred marks on one letter', `a${'\u0301'.repeat(200)}b`],
  ])('refuses %s', (_name, value) => {
    expect(title.safeParse(value).success).toBe(false)
  })

  it('keeps line breaks in long text, whatever their kind', () => {
    expect(longText(1, 50).parse('한 줄\r\n두 줄\r세 줄')).toBe('한 줄\n두 줄\n세 줄')
  })

  it('is the same after a second parse, and always well-formed and within its bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 14 }), (value) => {
        const once = title.safeParse(value)
        if (!once.success) return
        expect(title.parse(once.data)).toBe(once.data)
        expect(once.data.isWellFormed()).toBe(true)
        expect([...once.data].length).toBeGreaterThanOrEqual(2)
        expect([...once.data].length).toBeLessThanOrEqual(10)
      }),
    )
  })
})
