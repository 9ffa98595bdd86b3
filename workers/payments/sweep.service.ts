import { DAY_MS } from '#kit/clock'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { audit } from './audit.service.ts'
import { auditClearing } from './charge.clearing.service.ts'
import { sweepCharges } from './charge.sweep.service.ts'
import type { PaymentsEnv } from './env.ts'
import { expireStatement } from './hold.store.ts'
import { sweepPayouts } from './payout.follow.service.ts'
import { sweepDays } from './wallet.store.ts'
import { forgetWebhooks } from './webhook.store.ts'

/** One tick frees at most so many holds; the rest, which nobody can take any more, waits a minute. */
const EXPIRED_A_TICK = 500
const DAY_TOTALS_KEPT_MS = 3 * DAY_MS
/** Longer than the provider repeats what it could not deliver. */
const WEBHOOKS_KEPT_MS = 8 * DAY_MS

/**
 * The minute's work: frees holds whose time is over, goes on with top-ups and pay-outs, tells what waits, forgets what is old, and
 * goes through its share of the books. Running twice or late is harmless.
 */
export async function sweep(
  env: PaymentsEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const expired = await expireStatement(env.DB, now.atMs, EXPIRED_A_TICK).run()
  await sweepCharges(env, now.atMs)
  await sweepPayouts(env, now.atMs)
  const relayed = await relayWaiting(env.DB, env, now)
  const results = await env.DB.batch([
    sweepDays(env.DB, now.atMs - DAY_TOTALS_KEPT_MS),
    forgetWebhooks(env.DB, now.atMs - WEBHOOKS_KEPT_MS),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  await audit(env, now.atMs)
  await auditClearing(env, now.atMs)
  return {
    relayed,
    swept: expired.meta.changes + results.reduce((sum, { meta }) => sum + meta.changes, 0),
  }
}
