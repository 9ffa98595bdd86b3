import type { z } from 'zod'
import type { Coupon, ListCouponsQuery } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { CouponId, MemberId, TradeId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { settleOpenDays } from './counters.ts'
import { couponOf, type HoldRequest, holdingOf } from './coupon.rules.ts'
import { holdCoupon, prolongHold, readCoupon, readMine, redeemCoupon, releaseCoupon } from './coupon.store.ts'
import type { CouponsEnv } from './env.ts'

/** A member's coupons; what was claimed before this was asked is among them. */
export async function myCoupons(
  env: CouponsEnv,
  memberId: MemberId,
  { state, limit, cursor }: z.infer<typeof ListCouponsQuery>,
  atMs: number,
): Promise<Result<Page<Coupon>>> {
  const which = state ?? 'ready'
  const list = `coupons ${memberId} ${which}`
  const opened = openPage(env.CURSOR_SECRET, list, cursor)
  if (!opened.ok) return opened
  await settleOpenDays(env, atMs)
  const rows = await readMine(env.DB, memberId, {
    which,
    after: opened.value,
    limit: limit + 1,
    atMs,
  })
  const page = pageFrom(env.CURSOR_SECRET, list, rows, limit, (row) => [row.expiresAtMs, row.id])
  return ok({ ...page, items: page.items.map((row) => couponOf(row, atMs)) })
}

/** A trade's coupon may have been claimed a moment ago: then its counter brings it here first. */
async function foundCoupon(env: CouponsEnv, id: CouponId, atMs: number) {
  const row = await readCoupon(env.DB, id)
  if (row !== null) return row
  await settleOpenDays(env, atMs)
  return await readCoupon(env.DB, id)
}

/** Puts a coupon aside for one trade. Of many that try at once the row's own state lets one through. */
export async function hold(
  env: CouponsEnv,
  request: HoldRequest & { couponId: CouponId; untilMs: number },
): Promise<Result<{ discount: number; title: string }>> {
  const { couponId, tradeId, untilMs, atMs } = request
  const row = await foundCoupon(env, couponId, atMs)
  const holding = holdingOf(row, request)
  if (!holding.ok || row === null) return holding.ok ? refuse('COUPON_NOT_FOUND') : holding
  const { kind, discount } = holding.value
  const { title } = row
  if (kind === 'kept') {
    await prolongHold(env.DB, couponId, tradeId, untilMs)
    return ok({ discount, title })
  }
  switch (await holdCoupon(env.DB, couponId, { tradeId, discount, untilMs, atMs })) {
    case 'held':
      return ok({ discount, title })
    case 'second':
      return refuse('COUPON_NOT_APPLICABLE')
    case 'lost':
      return await lostTo(env, request)
  }
}

/** Somebody was faster: what they made of it is the answer. */
async function lostTo(
  env: CouponsEnv,
  request: HoldRequest & { couponId: CouponId },
): Promise<Result<{ discount: number; title: string }>> {
  const row = await readCoupon(env.DB, request.couponId)
  const holding = holdingOf(row, request)
  if (!holding.ok) return holding
  // The same trade asked twice at once: both are told the same.
  if (row !== null && holding.value.kind === 'kept')
    return ok({ discount: holding.value.discount, title: row.title })
  return refuse('COUPON_HELD')
}

export async function redeem(
  env: CouponsEnv,
  { couponId, tradeId }: { couponId: CouponId; tradeId: TradeId },
  atMs: number,
): Promise<Result<null>> {
  const redeemed = await redeemCoupon(env.DB, couponId, tradeId, atMs)
  if (redeemed.meta.changes === 1) return ok(null)
  const row = await readCoupon(env.DB, couponId)
  return row?.state === 'used' && row.tradeId === tradeId ? ok(null) : refuse('COUPON_NOT_FOUND')
}

export async function release(
  env: CouponsEnv,
  { couponId, tradeId }: { couponId: CouponId; tradeId: TradeId },
  atMs: number,
): Promise<Result<null>> {
  await releaseCoupon(env.DB, couponId, tradeId, atMs)
  return ok(null)
}
