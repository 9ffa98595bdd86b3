import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { CouponId, MemberId, TradeId } from './ids.ts'
import type { Category } from './listings.ts'

/** RPC of the coupons worker: a coupon is put aside for one trade, then used up by it or given back. */
export interface CouponsApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /**
   * Puts a coupon aside for a trade until `untilMs`; answers what it takes off. Repeated with the same trade it answers the same.
   * Refused: COUPON_NOT_FOUND (absent or another's), COUPON_EXPIRED, COUPON_USED, COUPON_HELD (by another trade),
   * COUPON_NOT_APPLICABLE (scope or minimum).
   */
  hold(
    ctx: CallContext,
    request: {
      couponId: CouponId
      memberId: MemberId
      tradeId: TradeId
      thing: { price: number; category: Category }
      untilMs: number
    },
  ): Promise<Result<{ discount: number; title: string }>>
  /** Uses up what this trade holds, also when it expired meanwhile: it was good when it was put aside. Repeating changes nothing; COUPON_NOT_FOUND when this trade does not hold it. */
  redeem(ctx: CallContext, request: { couponId: CouponId; tradeId: TradeId }): Promise<Result<null>>
  /** Gives it back; it can be used again until it expires. One this trade does not hold stays as it is. */
  release(ctx: CallContext, request: { couponId: CouponId; tradeId: TradeId }): Promise<Result<null>>
}
