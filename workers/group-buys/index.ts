import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { GroupBuysEnv } from './env.ts'
import { app } from './http.ts'

export { GroupBuyFlow } from './group-buy-flow.ts'
export { GroupBuysRpc } from './rpc.ts'
export { SlotClaims } from './slot-claims-object.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(GroupBuysEnv, raw)
    if (batch.queue === deadQueueOf('group-buys')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
