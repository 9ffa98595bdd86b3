import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PRICE_MAX } from '#contracts/listings'
import { cellCover, cellTags, distanceKm, priceCover, priceTags, tagClausesOf, tagsOf } from './tags.rules.ts'

const price = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: PRICE_MAX }))
const shareTag = (tags: string[], cover: string[]) => tags.some((tag) => cover.includes(tag))

describe('price tags', () => {
  test('a range covers every price in it', () => {
    fc.assert(
      fc.property(price, price, price, (a, b, c) => {
        const [low = 0, middle = 0, high = 0] = [a, b, c].sort((left, right) => left - right)
        expect(shareTag(priceTags(middle), priceCover(low, high))).toBe(true)
      }),
    )
  })

  test('a range takes few tags and leaves out what is twice as dear or half the price', () => {
    fc.assert(
      fc.property(price, price, (a, b) => {
        const [low, high] = [Math.min(a, b) + 2, Math.max(a, b) + 2]
        expect(priceCover(low, high).length).toBeLessThanOrEqual(10)
        expect(shareTag(priceTags(high * 2), priceCover(low, high))).toBe(false)
        expect(shareTag(priceTags(Math.floor(low / 2)), priceCover(low, high))).toBe(false)
      }),
    )
  })

  test('an upside-down range has no listing in it', () => {
    expect(shareTag(priceTags(500), priceCover(900, 100))).toBe(false)
  })
})

describe('cells', () => {
  const lat = fc.double({ min: -90, max: 90, noNaN: true })
  const lng = fc.double({ min: -180, max: 180, noNaN: true })
  const offset = fc.double({ min: -1.5, max: 1.5, noNaN: true })
  const radius = fc.double({ min: 0.5, max: 100, noNaN: true })

  test('whatever lies within the radius shares a cell with the cover, across the date line too', () => {
    fc.assert(
      fc.property(lat, lng, offset, offset, radius, (latitude, longitude, dLat, dLng, radiusKm) => {
        const near = { lat: latitude, lng: longitude }
        const wrapped = longitude + dLng > 180 ? -360 : longitude + dLng < -180 ? 360 : 0
        const there = { lat: Math.max(-90, Math.min(90, latitude + dLat)), lng: longitude + dLng + wrapped }
        const cover = cellCover(near, radiusKm)
        fc.pre(distanceKm(near, there) <= radiusKm * 0.999 && cover.length > 0)
        expect(shareTag(cellTags(there), cover)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a neighbourhood takes a few small cells', () => {
    const cover = cellCover({ lat: 37.5563, lng: 126.9019 }, 2)
    expect(cover.length).toBeLessThanOrEqual(4)
    expect(cover.every((tag) => /^g1[234]_/.test(tag))).toBe(true)
  })
})

test('filters and listings speak of the same tags', () => {
  const tags = tagsOf({
    category: 'sports',
    status: 'on_sale',
    price: 0,
    sellerId: 'mem_01kaj5v0e8q6r1x3n7w2z9c4bt',
    location: { lat: 37.5563, lng: 126.9019 },
  }).split(' ')
  const clauses = tagClausesOf({
    category: 'sports',
    status: 'on_sale',
    free: true,
    maxPrice: 1000,
    near: { lat: 37.55, lng: 126.9 },
    radiusKm: 3,
  })
  expect(clauses).toHaveLength(4)
  for (const anyOf of clauses) expect(shareTag(tags, [...anyOf])).toBe(true)
  expect(tagClausesOf({})).toEqual([])
})
