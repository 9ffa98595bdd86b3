import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { finishDecisions } from './carry-out.service.ts'
import type { ModerationEnv } from './env.ts'

/** The minute's work: finishes decisions, tells what waits, forgets what is old. Running twice or late is harmless. */
export async function sweep(
  env: ModerationEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const finished = await finishDecisions(env)
  const relayed = await relayWaiting(env.DB, env, now)
  const results = await env.DB.batch(sweepPlatformTables(env.DB, now.atMs))
  return { relayed, swept: finished + results.reduce((sum, { meta }) => sum + meta.changes, 0) }
}
