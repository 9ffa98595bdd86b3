import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import type { NotificationsEnv } from './env.ts'
import { runDueErrands } from './errand.service.ts'
import { sweepErrands } from './errand.store.ts'
import { sweepWatchers } from './watchers.store.ts'

/** The minute's work: delivers what waits, forgets what is old. Running twice or late is harmless. */
export async function sweep(
  env: NotificationsEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const relayed = await relayWaiting(env.DB, {}, now)
  const delivered = await runDueErrands(env, now.atMs)
  const results = await env.DB.batch([
    ...sweepErrands(env.DB, now.atMs),
    ...sweepWatchers(env.DB, now.atMs),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  return { relayed: relayed + delivered, swept: results.reduce((sum, { meta }) => sum + meta.changes, 0) }
}
