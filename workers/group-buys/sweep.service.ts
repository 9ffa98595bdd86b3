import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import type { GroupBuysEnv } from './env.ts'

/** The minute's work: tells what waits, forgets what is old. Running twice or late is harmless. */
export async function sweep(
  env: GroupBuysEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const relayed = await relayWaiting(env.DB, {}, now)
  const results = await env.DB.batch(sweepPlatformTables(env.DB, now.atMs))
  return { relayed, swept: results.reduce((sum, { meta }) => sum + meta.changes, 0) }
}
