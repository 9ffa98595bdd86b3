import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListingSnapshot } from '#contracts/events'
import { SaveAlertRequest } from '#contracts/search'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import {
  contentOf,
  gramsOf,
  hasWords,
  isWithin,
  listingGrams,
  newsOf,
  textsOf,
  wishOf,
} from './alert.rules.ts'
import { wordsOf } from './query.rules.ts'

const listing = (title: string, description = '직거래해요', more: Partial<ListingSnapshot> = {}) => ({
  id: newId('lst', 0),
  seller: { id: newId('mem', 0), nickname: '이웃', photo: null },
  title,
  description,
  category: 'other' as const,
  price: 10_000,
  status: 'on_sale' as const,
  images: [],
  region: null,
  location: null,
  counts: { views: 0, wishes: 0, comments: 0, chats: 0 },
  createdAtMs: 0,
  bumpedAtMs: 0,
  ...more,
})
const wish = (request: object) => wishOf(SaveAlertRequest.parse(request))

describe('the words of an alert', () => {
  test.each([
    ['치대', '자전거거치대', '', true],
    ['자전거 거치대', '접이식 자전거거치대', '', true],
    ['자전거거치대', '자전거 거치대', '', true],
    ['IPHONE 프로', 'iPhone15프로', '', true],
    ['ㅈㅈㄱ', '자전거', '', true],
    ['ㅈㅈㄱ', '바퀴', '자전거', false],
    ['책상 의자', '책상', '의자도 있어요', true],
    ['책상의자', '책상', '의자', false],
    ['의자', '책상', '깨끗해요', false],
  ])('%s in "%s" / "%s": %s', (q, title, description, found) => {
    expect(hasWords(textsOf(listing(title, description || '.')), wordsOf(q))).toBe(found)
  })

  test('whatever fits has every one of their tokens, so that any one finds the alert', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'가나ㄱㄴab1 .가나'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(letters, letters, letters, (title, description, q) => {
        const texts = textsOf(listing(title, description))
        const words = wordsOf(q)
        const has = new Set(listingGrams(texts))
        return !hasWords(texts, words) || gramsOf(words).every(({ gram }) => has.has(gram))
      }),
    )
  })
})

describe('what is asked for', () => {
  test('is the same however it is written, and keeps the place only roughly', () => {
    const one = wish({ q: '자전거 Brompton', near: { lat: 37.55551, lng: 126.90249 }, radiusKm: 3 })
    const other = wish({ q: 'BROMPTON  자전거', near: { lat: 37.5562, lng: 126.9018 }, radiusKm: 3 })
    expect(contentOf(one)).toBe(contentOf(other))
    expect(one.place).toEqual({ lat: 37.556, lng: 126.902, radiusKm: 3 })
  })

  test.each([
    { q: '책상' },
    { q: '책장', category: 'furniture' },
    { q: '책장', minPrice: 1 },
    { q: '책장', maxPrice: 1 },
    { q: '책장', near: { lat: 1, lng: 1 }, radiusKm: 1 },
  ])('is another with %j', (request) => {
    expect(contentOf(wish(request))).not.toBe(contentOf(wish({ q: '책장' })))
  })

  test.each([
    [{ lat: 37.56, lng: 126.91 }, true],
    [{ lat: 37.6, lng: 126.91 }, false],
    [null, false],
  ])('within 3 km of a place: %j is %s', (location, isIn) => {
    expect(isWithin({ lat: 37.556, lng: 126.902, radiusKm: 3 }, location)).toBe(isIn)
  })
})

describe('what a change brings', () => {
  const changed = (fields: string[], before?: { price: number; status: 'on_sale' | 'reserved' }) => {
    const data = { ...listing('책상'), changed: fields, ...(before ? { before } : {}) }
    const fact = { aggregateId: data.id, version: 2, actorId: null, requestId: 'test', data }
    return newsOf(eventOf({ type: 'listing.changed', ...fact }, 1)).kind
  }

  test.each([
    ['a fall of the price', ['price'], { price: 10_001, status: 'on_sale' as const }, 'cheaper'],
    ['a rise of the price', ['price'], { price: 9_999, status: 'on_sale' as const }, 'nothing'],
    ['another title', ['title'], { price: 10_000, status: 'on_sale' as const }, 'nothing'],
    ['a return on sale', ['status'], { price: 10_000, status: 'reserved' as const }, 'appeared'],
    ['a return told the old way', ['status'], undefined, 'appeared'],
    ['a price told the old way', ['price'], undefined, 'cheaper'],
    ['a title told the old way', ['title'], undefined, 'nothing'],
  ])('%s', (_, fields, before, kind) => {
    expect(changed(fields, before)).toBe(kind)
  })
})
