import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { CouponsApi } from '#contracts/coupons.api'
import type { Result } from '#contracts/errors'
import type { CouponId, TradeId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { readEnv } from '#kit/env'
import { hold, redeem, release } from './coupon.service.ts'
import { CouponsEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

type HoldRequest = Parameters<CouponsApi['hold']>[1]

export class CouponsRpc extends WorkerEntrypoint<object> implements CouponsApi {
  async hold(_ctx: CallContext, request: HoldRequest): Promise<Result<{ discount: number; title: string }>> {
    return await hold(readEnv(CouponsEnv, this.env), { ...request, atMs: nowMs() })
  }

  async redeem(_ctx: CallContext, request: { couponId: CouponId; tradeId: TradeId }): Promise<Result<null>> {
    return await redeem(readEnv(CouponsEnv, this.env), request, nowMs())
  }

  async release(_ctx: CallContext, request: { couponId: CouponId; tradeId: TradeId }): Promise<Result<null>> {
    return await release(readEnv(CouponsEnv, this.env), request, nowMs())
  }

  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(CouponsEnv, this.env), now)
  }
}
