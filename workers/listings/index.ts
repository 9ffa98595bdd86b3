import { deadQueueOf } from '#contracts/subscriptions'
import { tallyClass } from '#do/tally/index'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { ListingsEnv } from './env.ts'
import { app } from './http.ts'
import { flushViews } from './view.service.ts'

export { ListingsRpc } from './rpc.ts'

/** Views, counted once a visitor a day (durable-objects/tally). */
export const Tally = tallyClass((raw) => readEnv(ListingsEnv, raw), flushViews)

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const env = readEnv(ListingsEnv, raw)
    if (batch.queue === deadQueueOf('listings')) return await keepDeadLetters(batch, env.DB)
    await consume(batch, env.DB, handlersOf(env))
  },
}
