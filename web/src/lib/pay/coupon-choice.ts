import type { Coupon } from '#contracts/coupons'
import { discountFor } from '#contracts/discount'
import type { Listing } from '#contracts/listings'

type Thing = Pick<Listing, 'price' | 'category'>
export type Fitting = { coupon: Coupon; discount: number }

/** The coupons that take something off this thing now, the best first; of two alike the one that is over sooner. */
export function couponsFor(thing: Thing, coupons: readonly Coupon[], nowMs: number): Fitting[] {
  return coupons
    .filter(({ state, expiresAt }) => state === 'usable' && Date.parse(expiresAt) > nowMs)
    .map((coupon) => ({ coupon, discount: discountFor(coupon, thing) ?? 0 }))
    .filter(({ discount }) => discount > 0)
    .toSorted(
      (a, b) => b.discount - a.discount || Date.parse(a.coupon.expiresAt) - Date.parse(b.coupon.expiresAt),
    )
}
