import { describe, expect, test } from 'vitest'
import { SearchQuery } from '#contracts/search'
import { endedOf, listNameOf, ringsOf, tiersOf } from './find.rules.ts'
import { recallTotal, rememberTotal, totalOf } from './total.service.ts'

const request = (query: Record<string, string>) => SearchQuery.parse({ q: '책상', ...query })

describe('the list a cursor belongs to', () => {
  test('is the same whatever the page and its length, and however the question was written', () => {
    const name = listNameOf(request({ near: '37.5,127.0', sort: 'distance' }))
    expect(listNameOf(request({ sort: 'distance', near: '37.5,127', limit: '3', cursor: 'x' }))).toBe(name)
  })

  test.each([
    { sort: 'newest' },
    { q: '의자' },
    { category: 'books' },
    { near: '37.5,127' },
    { near: '37.5,128' },
    { near: '37.5,127', radiusKm: '7' },
    { minPrice: '1' },
    { maxPrice: '1' },
    { free: 'false' },
  ])('is another one with %j', (query) => {
    const others = [{}, { near: '37.5,127' }, { minPrice: '2' }, { free: 'true' }]
      .map(request)
      .map(listNameOf)
    const name = listNameOf(request(query))
    expect(others.filter((other) => other === name)).toHaveLength(
      JSON.stringify(query) === '{"near":"37.5,127"}' ? 1 : 0,
    )
  })

  test('holds a position of ours and nothing else', () => {
    expect(endedOf(['as_typed', 1, 2])).toEqual({ reading: 'as_typed', key: 1, seq: 2 })
    expect(endedOf(['elsewhere', 1, 2])).toBeNull()
    expect(endedOf([1, 2])).toBeNull()
  })
})

describe('relevance', () => {
  const match = { everywhere: 'E', titled: 'T', onlyInBody: 'B' }

  test('reads titles first, then descriptions', () => {
    expect(tiersOf(match, 'relevance', null)).toEqual([
      { tier: 0, match: 'T', beforeSeq: null },
      { tier: 1, match: 'B', beforeSeq: null },
    ])
  })

  test('goes on in the tier where the page before ended', () => {
    expect(tiersOf(match, 'relevance', { reading: 'as_typed', key: 0, seq: 9 })).toEqual([
      { tier: 0, match: 'T', beforeSeq: 9 },
      { tier: 1, match: 'B', beforeSeq: null },
    ])
    expect(tiersOf(match, 'relevance', { reading: 'as_typed', key: 1, seq: 9 })).toEqual([
      { tier: 1, match: 'B', beforeSeq: 9 },
    ])
  })

  test('of first consonants has no second tier', () => {
    expect(tiersOf({ ...match, onlyInBody: null }, 'relevance', null)).toHaveLength(1)
  })
})

test('rings end with the whole radius, and there is one ring when the hits can be sorted', () => {
  expect(ringsOf(8, true)).toEqual([0.5, 1, 2, 4, 8])
  expect(ringsOf(8, false)).toEqual([8])
})

test('a large total is remembered for half a minute, one of hundreds for five seconds, a small one never', () => {
  const large = totalOf('large', {})
  const middling = totalOf('middling', {})
  const small = totalOf('small', {})
  rememberTotal(large, 5_000, 0)
  rememberTotal(middling, 999, 0)
  rememberTotal(small, 99, 0)
  expect(recallTotal(large, 29_999)).toBe(5_000)
  expect(recallTotal(large, 30_000)).toBeNull()
  expect(recallTotal(middling, 4_999)).toBe(999)
  expect(recallTotal(middling, 5_000)).toBeNull()
  expect(recallTotal(small, 1)).toBeNull()
  expect(recallTotal(totalOf('large', { maxPrice: 1 }), 1)).toBeNull()
})
