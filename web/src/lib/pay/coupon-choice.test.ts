import { describe, expect, it } from 'vitest'
import { Coupon } from '#contracts/coupons'
import { couponsFor } from './coupon-choice.ts'

const NOW = Date.parse('2026-11-21T00:00:00Z')
const mark = (index: number) => '01kaj5v0e8q6r1x3n7w2z9c4b'.concat(String(index))
let made = 0

function coupon(given: Partial<Record<keyof Coupon, unknown>> = {}): Coupon {
  made++
  return Coupon.parse({
    id: `cpn_${mark(made % 10)}`,
    campaignId: `cmp_${mark(0)}`,
    title: '동네 쿠폰',
    discount: { kind: 'amount', amount: 3000 },
    minSpend: 0,
    categories: [],
    state: 'usable',
    day: '2026-11-21',
    sequence: made,
    issuedAt: '2026-11-20T04:00:00Z',
    expiresAt: '2026-12-01T00:00:00Z',
    tradeId: null,
    ...given,
  })
}
const thing = { price: 20_000, category: 'books' } as const

describe('the coupons offered at checkout', () => {
  it('are those for this thing, the one that takes off most first', () => {
    const small = coupon()
    const tenth = coupon({ discount: { kind: 'percent', percent: 25, cap: 10_000 } })
    const elsewhere = coupon({ categories: ['plants'], discount: { kind: 'amount', amount: 9000 } })
    const forMore = coupon({ minSpend: 20_001, discount: { kind: 'amount', amount: 9000 } })
    const offered = couponsFor(thing, [small, elsewhere, tenth, forMore], NOW)
    expect(offered).toEqual([
      { coupon: tenth, discount: 5000 },
      { coupon: small, discount: 3000 },
    ])
  })

  it('are never used, held by another purchase, or over', () => {
    const gone = [
      coupon({ state: 'used' }),
      coupon({ state: 'held' }),
      coupon({ state: 'expired' }),
      coupon({ expiresAt: '2026-11-21T00:00:00Z' }),
    ]
    expect(couponsFor(thing, gone, NOW)).toEqual([])
  })

  it('give the sooner to go first when two take off the same', () => {
    const later = coupon({ expiresAt: '2026-12-20T00:00:00Z' })
    const sooner = coupon({ expiresAt: '2026-11-25T00:00:00Z' })
    expect(couponsFor(thing, [later, sooner], NOW).map((offer) => offer.coupon)).toEqual([sooner, later])
  })
})
