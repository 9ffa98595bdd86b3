import { nowMs } from '#kit/clock'
import type { Handlers } from '#kit/consume'
import { relay } from '#kit/outbox'
import { callOffLeavers } from './elsewhere.service.ts'
import type { TradesEnv } from './env.ts'

/**
 * What trades does with the facts it hears. Cut off before the telling, the tick tells; an appointment that changes at the same
 * moment aborts the batch, and the fact comes again.
 */
export const handlersOf = (env: TradesEnv): Handlers => ({
  'member.withdrawn': async ({ requestId, data }) => {
    const { statements, events } = await callOffLeavers(env, data.memberId, { requestId, atMs: nowMs() })
    return { statements, afterCommit: async () => await relay(env.DB, env, events) }
  },
})
