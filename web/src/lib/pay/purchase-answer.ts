import type { ErrorCode } from '#contracts/errors'

/**
 * What a refused purchase asks for next: the price, the wallet or the coupons looked at again, or another thing. Nothing has
 * moved in any of them.
 */
export type NextLook = 'price' | 'wallet' | 'coupons' | 'thing' | 'nothing'

const LOOKS: Partial<Record<ErrorCode, NextLook>> = {
  PRICE_CHANGED: 'price',
  INSUFFICIENT_BALANCE: 'wallet',
  WALLET_FROZEN: 'wallet',
  COUPON_NOT_FOUND: 'coupons',
  COUPON_EXPIRED: 'coupons',
  COUPON_USED: 'coupons',
  COUPON_HELD: 'coupons',
  COUPON_NOT_APPLICABLE: 'coupons',
  LISTING_RESERVED: 'thing',
  LISTING_IN_TRADE: 'thing',
  LISTING_SOLD: 'thing',
  LISTING_HIDDEN: 'thing',
  OWN_LISTING: 'thing',
  NOT_FOUND: 'thing',
}
export const lookAfter = (code: ErrorCode): NextLook => LOOKS[code] ?? 'nothing'
