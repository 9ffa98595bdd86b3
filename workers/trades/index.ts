import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { TradesEnv } from './env.ts'
import { app } from './http.ts'

export { TradesRpc } from './rpc.ts'
export { TradeFlow } from './trade-flow.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(TradesEnv, raw)
    if (batch.queue === deadQueueOf('trades')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
