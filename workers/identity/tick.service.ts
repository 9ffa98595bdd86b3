import { DAY_MS } from '#kit/clock'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import type { IdentityEnv } from './env.ts'
import { expiries } from './expiry.store.ts'
import { deliverWaitingMails } from './mail.service.ts'

/**
 * The minute's sweep: facts and letters that are still unsent, then what is over. Every part is safe to run twice, at once
 * or late; what one sweep leaves, the next does.
 */
export async function tick(
  env: IdentityEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const relayed = await relayWaiting(env.DB, env, now)
  await deliverWaitingMails(env, now.atMs)
  const results = await env.DB.batch([
    ...expiries(env.DB, { atMs: now.atMs, keptMs: ENDED_KEPT_MS }),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  return { relayed, swept: results.reduce((sum, { meta }) => sum + meta.changes, 0) }
}

/** Ended sessions and sent letters are kept this long, for whoever asks what happened. */
const ENDED_KEPT_MS = 3 * DAY_MS
