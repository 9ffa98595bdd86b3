import { type Coupon, discountFor } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { MemberId, TradeId } from '#contracts/ids'
import type { Category } from '#contracts/listings'
import { toIso } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { categoriesOf, discountOfRow } from './campaign.rules.ts'
import type { CouponRow } from './coupon.store.ts'

export type HoldRequest = {
  memberId: MemberId
  tradeId: TradeId
  thing: { price: number; category: Category }
  atMs: number
}
/** `kept`: this trade has it already. */
export type Holding = { kind: 'kept' | 'free'; discount: number }

/** Whether a trade may have this coupon, and what it takes off. Absent and another's look alike. */
export function holdingOf(row: CouponRow | null, request: HoldRequest): Result<Holding> {
  if (row === null || row.memberId !== request.memberId) return refuse('COUPON_NOT_FOUND')
  if (row.tradeId === request.tradeId && row.discount !== null)
    return ok({ kind: 'kept', discount: row.discount })
  if (row.state === 'used') return refuse('COUPON_USED')
  if (row.state === 'held') return refuse('COUPON_HELD')
  if (row.state === 'expired' || row.expiresAtMs <= request.atMs) return refuse('COUPON_EXPIRED')
  const terms = {
    discount: discountOfRow(row),
    minSpend: row.minSpend,
    categories: categoriesOf(row.categories),
  }
  const discount = discountFor(terms, request.thing)
  return discount === null ? refuse('COUPON_NOT_APPLICABLE') : ok({ kind: 'free', discount })
}

/** A coupon as its member sees it. */
export const couponOf = (row: CouponRow, nowMs: number): Coupon => ({
  id: row.id,
  campaignId: row.campaignId,
  title: row.title,
  discount: discountOfRow(row),
  minSpend: row.minSpend,
  categories: categoriesOf(row.categories),
  state: row.state === 'usable' && row.expiresAtMs <= nowMs ? 'expired' : row.state,
  day: row.day,
  sequence: row.sequence,
  issuedAt: toIso(row.issuedAtMs),
  expiresAt: toIso(row.expiresAtMs),
  tradeId: row.tradeId,
})
