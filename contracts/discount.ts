import type { CouponTerms, Discount } from './coupons.ts'
import type { Category } from './listings.ts'

// Apart from the schemas, so that the pages can reckon with them without carrying zod to the browser.

/** Off a price, in whole won (a fraction is the buyer's loss), never more than the price. */
export function discountOf(discount: Discount, price: number): number {
  const off =
    discount.kind === 'amount'
      ? discount.amount
      : Math.min(discount.cap, Math.floor((price * discount.percent) / 100))
  return Math.min(off, price)
}

/** What a coupon takes off a thing, or null when it is not for it. */
export function discountFor(terms: CouponTerms, thing: { price: number; category: Category }): number | null {
  const fits = terms.categories.length === 0 || terms.categories.includes(thing.category)
  return fits && thing.price >= terms.minSpend ? discountOf(terms.discount, thing.price) : null
}
