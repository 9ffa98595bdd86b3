import { describe, expect, it } from 'vitest'
import { lookAfter } from './purchase-answer.ts'

describe('after a purchase was refused', () => {
  it('what was refused is looked at again', () => {
    expect(lookAfter('PRICE_CHANGED')).toBe('price')
    expect(lookAfter('INSUFFICIENT_BALANCE')).toBe('wallet')
    expect(lookAfter('LISTING_RESERVED')).toBe('thing')
    expect(lookAfter('MEMBER_BLOCKED')).toBe('nothing')
  })

  it('every refused coupon leads back to the coupons that are left', () => {
    const ofCoupons = ['COUPON_NOT_FOUND', 'COUPON_EXPIRED', 'COUPON_USED', 'COUPON_HELD'] as const
    for (const code of [...ofCoupons, 'COUPON_NOT_APPLICABLE'] as const)
      expect(lookAfter(code)).toBe('coupons')
  })
})
