import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, foldChars, indexTokens, initialsOf, jamoOf, pairs } from './text.rules.ts'

describe('folding', () => {
  test.each([
    ['자전거 거치대', '자전거거치대'],
    ['iPhone 15 Pro (새것!)', 'iphone15pro새것'],
    ['Café Straße ΟΔΟΣ', 'cafestrasseοδοσ'],
    ['ｉＰａｄ　㎏', 'ipadkg'],
    ['자전거'.normalize('NFD'), '자전거'],
    ['ㅈㅈㄱ', 'ㅈㅈㄱ'],
    ['a\u200bb\u0000c', 'abc'],
    ['👨‍👩‍👧 🚲', ''],
    ['東京タワー', '東京タワー'],
  ])('%s becomes %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  test('folding twice changes nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
      }),
    )
  })

  test('spaces, case and Unicode form make no difference', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('자', '전', 'A', 'é', '7', 'ㅋ')), (chars) => {
        expect(fold(chars.join(' ').toLowerCase().normalize('NFD'))).toBe(fold(chars.join('')))
      }),
    )
  })

  test('each folded character points at a piece of the text it came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const { char, start, end } of foldChars(text))
          expect(fold(text.slice(start, end))).toContain(char)
      }),
    )
  })

  test('nothing survives that an FTS5 expression would read as more than a word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(text)).toMatch(/^[\p{L}\p{N}]*$/u)
      }),
    )
  })
})

describe('index tokens', () => {
  test('are the pairs in order, then each character once', () => {
    expect(indexTokens('자전거거')).toBe('자전 전거 거거 자 전 거')
    expect(indexTokens('책')).toBe('책')
    expect(indexTokens('')).toBe('')
  })

  test('hold the pairs of every substring as a run', () => {
    const word = fc.array(fc.constantFrom('자', '전', '거', 'a', '1'), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(word, fc.nat(), fc.nat(), (chars, from, length) => {
        const start = from % (chars.length - 1)
        const part = chars.slice(start, start + 2 + (length % chars.length))
        expect(` ${indexTokens(chars.join(''))} `).toContain(` ${pairs(part).join(' ')} `)
      }),
    )
  })
})

describe('Hangul letters', () => {
  test('first consonants of a text, other characters as they are', () => {
    expect(initialsOf('아이폰15프로max')).toBe('ㅇㅇㅍ15ㅍㄹmax')
    expect(initialsOf('까꿍')).toBe('ㄲㄲ')
  })

  test.each(['ㅈ', '자', '자ㅈ', '잦', '자저', '자전', '자전ㄱ', '자전거'])(
    'a half-typed %s is a prefix of the letters of 자전거',
    (typed) => {
      expect(jamoOf('자전거').startsWith(jamoOf(typed))).toBe(true)
    },
  )
})
