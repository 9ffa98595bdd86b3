import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { ChatEnv } from './env.ts'
import { app } from './http.ts'

export { ChatRpc } from './rpc.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const { DB } = readEnv(ChatEnv, raw)
    if (batch.queue === deadQueueOf('chat')) return await keepDeadLetters(batch, DB)
    await consume(batch, DB, handlersOf())
  },
}
