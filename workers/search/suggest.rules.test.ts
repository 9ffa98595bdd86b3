import { describe, expect, test } from 'vitest'
import { popularTermOf } from './popular.rules.ts'
import { prefixOf, suggestKeysOf, suggestWordsOf } from './suggest.rules.ts'

describe('suggestions', () => {
  test('come from the words of a title, not from bare numbers or single letters', () => {
    expect(suggestWordsOf('[급처] iPhone-15 프로, 256 GB! 새 것')).toEqual(['급처', 'iphone', '프로', 'gb'])
  })

  test.each([
    ['자저', { column: 'jamo', prefix: 'ㅈㅏㅈㅓ' }],
    ['자ㅈ', { column: 'jamo', prefix: 'ㅈㅏㅈ' }],
    ['ㅈㅈㄱ', { column: 'initials', prefix: 'ㅈㅈㄱ' }],
    ['ㅈ', { column: 'jamo', prefix: 'ㅈ' }],
    ['iPh', { column: 'jamo', prefix: 'iph' }],
    ['?!', null],
  ])('%s is looked up as %j', (query, prefix) => {
    expect(prefixOf(query)).toEqual(prefix)
  })

  test('the keys of a text start with the prefix of its beginning', () => {
    const { jamo, initials } = suggestKeysOf('자전거 거치대')
    expect(jamo.startsWith(prefixOf('자전거 거ㅊ')?.prefix ?? 'none')).toBe(true)
    expect(initials.startsWith(prefixOf('ㅈㅈㄱㄱ')?.prefix ?? 'none')).toBe(true)
  })
})

describe('popular terms', () => {
  test.each([
    ['  자전거   거치대 ', '자전거 거치대'],
    ['iPhone 15', 'iphone 15'],
    ['책', null],
    ['ㅈㅈㄱ', null],
    ['010-1234-5678', null],
    ['내 계좌 110 234 567890', null],
    ['a@b.kr', null],
    ['www.shop', null],
    ['씨 발', null],
    ['12345', null],
  ])('"%s" counts as %j', (query, term) => {
    expect(popularTermOf(query)).toBe(term)
  })
})
