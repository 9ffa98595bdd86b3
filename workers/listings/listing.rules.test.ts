import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATEGORIES, LISTING_STATUSES } from '#contracts/listings'
import { BUMP_COOL_DOWN_MS, bump, forbiddenPlantPart, moveStatus } from './listing.rules.ts'

const status = fc.constantFrom(...LISTING_STATUSES)

describe('a status', () => {
  it('may stay, and may always become hidden', () => {
    fc.assert(
      fc.property(status, (from) => {
        expect(moveStatus(from, from)).toEqual({ ok: true, value: from })
        expect(moveStatus(from, 'hidden').ok).toBe(true)
      }),
    )
  })

  it('comes back on sale from anywhere, and is reserved only from there', () => {
    for (const from of LISTING_STATUSES) {
      expect(moveStatus(from, 'on_sale').ok).toBe(true)
      expect(moveStatus(from, 'reserved').ok, from).toBe(from === 'on_sale' || from === 'reserved')
    }
  })
})

describe('a bump', () => {
  it('waits out a day, to the second, and is for things on sale', () => {
    fc.assert(
      fc.property(fc.nat(BUMP_COOL_DOWN_MS * 2), status, (waitedMs, from) => {
        const bumped = bump(from, 1_000, 1_000 + waitedMs)
        expect(bumped.ok).toBe(from === 'on_sale' && waitedMs >= BUMP_COOL_DOWN_MS)
        if (bumped.ok || bumped.refusal.code !== 'BUMP_TOO_SOON') return
        const wait = bumped.refusal.retryAfterSeconds ?? 0
        expect(wait * 1_000 + waitedMs).toBeGreaterThanOrEqual(BUMP_COOL_DOWN_MS)
      }),
    )
  })
})

describe('a plant', () => {
  it.each([
    '몬스테라 삽수 2촉',
    '해바라기씨앗 나눔',
    '감나무 묘목',
    '상추 모종 팔아요',
    '제라늄 꺾꽂이 가지',
    'Monstera cuttings, rooted',
    'Sunflower SEEDS',
    'Oak sapling',
    '모종삽과 토마토 모종',
  ])('may not be sold as a part that grows: %s', (title) => {
    expect(forbiddenPlantPart('plants', title)).toBe(true)
  })

  it.each([
    '몬스테라 화분째',
    '모종삽',
    '씨앗 보관함',
    '삽목 상자',
    'Seed tray',
    'Potted fern',
    '다육이 세트',
  ])('is fine whole, and so are tools: %s', (title) => {
    expect(forbiddenPlantPart('plants', title)).toBe(false)
  })

  it('is judged only among the plants', () => {
    for (const category of CATEGORIES)
      expect(forbiddenPlantPart(category, '해바라기 씨앗')).toBe(category === 'plants')
  })
})
