import { deadQueueOf } from '#contracts/subscriptions'
import { consume, type Handlers, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { MediaEnv } from './env.ts'
import { purgePersonalOf, takeDownOthers } from './images.store.ts'

/** What media does about facts of others. The shelves are not told: they look at each photo again in its time. */
export const handlersOf = (env: MediaEnv): Handlers => ({
  'listing.deleted': ({ data, at }) => ({
    statements: [takeDownOthers(env.DB, { kind: 'listing', id: data.id }, [], at)],
  }),
  'member.withdrawn': ({ data, at }) => ({
    statements: [purgePersonalOf(env.DB, data.memberId, at)],
  }),
})

/** Both queues of this worker: its inbox, and what its inbox gave up. */
export async function queue(batch: MessageBatch, raw: MediaEnv): Promise<void> {
  const env = readEnv(MediaEnv, raw)
  if (batch.queue === deadQueueOf('media')) return await keepDeadLetters(batch, env.DB)
  await consume(batch, env.DB, handlersOf(env))
}
