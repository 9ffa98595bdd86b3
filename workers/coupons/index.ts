import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { CouponsEnv } from './env.ts'
import { app } from './http.ts'

export { CouponCounter } from '#do/coupon-counter/index'
export { CouponsRpc } from './rpc.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const { DB } = readEnv(CouponsEnv, raw)
    if (batch.queue === deadQueueOf('coupons')) return await keepDeadLetters(batch, DB)
    await consume(batch, DB, handlersOf())
  },
}
