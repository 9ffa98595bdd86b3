import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { highlightsOf } from './highlight.rules.ts'
import { wordsOf } from './query.rules.ts'
import { fold } from './text.rules.ts'

const lit = (title: string, query: string) =>
  highlightsOf(title, wordsOf(query)).map(([start, end]) => title.slice(start, end))

describe('highlights', () => {
  test.each([
    ['접이식 자전거 거치대 팝니다', '자전거거치대', ['자전거 거치대']],
    ['자전거거치대', '거치대 자전거', ['자전거거치대']],
    ['iPhone 15 Pro', 'IPHONE15', ['iPhone 15']],
    ['🚲 새 자전거', '자전거', ['자전거']],
    ['자전거와 자동차', 'ㅈㅈㄱ', ['자전거']],
    ['책상', '침대', []],
    ['책 책장 책상', '책', ['책', '책', '책']],
    ['Café au lait', 'cafe', ['Café']],
  ])('in "%s" the query "%s" lights %j', (title, query, parts) => {
    expect(lit(title, query)).toEqual(parts)
  })

  test('are sorted, apart, inside the title, and hold the word when folded', () => {
    const char = fc.constantFrom('자', '전', '거', ' ', 'A', 'é', '🚲', '-', 'ㅋ')
    const text = fc.array(char, { maxLength: 20 }).map((chars) => chars.join(''))
    fc.assert(
      fc.property(text, text, (title, query) => {
        const words = wordsOf(query)
        let before = -1
        for (const [start, end] of highlightsOf(title, words)) {
          expect(start).toBeGreaterThan(before)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(title.length)
          const inside = fold(title.slice(start, end))
          expect(
            words.some(({ kind, chars }) => kind === 'initials' || inside.includes(chars.join(''))),
          ).toBe(true)
          before = end
        }
      }),
    )
  })
})
