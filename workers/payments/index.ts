import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { PaymentsEnv } from './env.ts'
import { app } from './http.ts'

export { Throttle } from '#do/throttle/index'
export { PaymentsRpc } from './rpc.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(PaymentsEnv, raw)
    if (batch.queue === deadQueueOf('payments')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
