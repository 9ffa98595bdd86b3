import { deadQueueOf } from '#contracts/subscriptions'
import { couponCounterClass } from '#do/coupon-counter/index'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { CouponsEnv } from './env.ts'
import { flushDay } from './flush.service.ts'
import { app } from './http.ts'

export { CouponsRpc } from './rpc.ts'

/** One day of one campaign, whose storage is the truth about who was first (durable-objects/coupon-counter). */
export const CouponCounter = couponCounterClass((raw) => readEnv(CouponsEnv, raw), flushDay)

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(CouponsEnv, raw)
    if (batch.queue === deadQueueOf('coupons')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
