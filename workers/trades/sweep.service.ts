import { DAY_MS, HOUR_MS, nowMs, SECOND_MS } from '#kit/clock'
import { relay, relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { auditPurchases } from './audit.service.ts'
import { close, reopen } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { forgetRetryKeys } from './escrow.store.ts'
import { sweepPurchases } from './escrow-sweep.service.ts'
import { finishRefunds } from './refund.service.ts'
import { endSpokenOf, remind } from './reminder.service.ts'
import { readStuck, readToReopen, sweepFailed } from './trade.store.ts'

/** A pending trade this old belongs to a request that died, whatever its deadlines were. */
const STUCK_AFTER_MS = 30 * SECOND_MS
/** One tick heals at most so many of each; the rest waits a minute. */
const HEALED_A_TICK = 50
const FAILED_KEPT_MS = DAY_MS
/** As long as any request's key is kept (kit/outbox.ts), so that both forget it in the same tick. */
const RETRY_KEYS_KEPT_MS = 25 * HOUR_MS
const KEYS_FORGOTTEN_A_TICK = 500

/** The minute's work: heals what died half way, tells what waits, forgets what is old, audits its share of purchases. Running twice or late is harmless. */
export async function sweep(
  env: TradesEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const healed = (await finishStuck(env, now.atMs)) + (await reopenUndone(env))
  const purchases = (await sweepPurchases(env, now.atMs)) + (await finishRefunds(env, now.atMs))
  const reminded = await remind(env, now.atMs)
  const relayed = await relayWaiting(env.DB, env, now)
  const results = await env.DB.batch([
    endSpokenOf(env, now.atMs),
    sweepFailed(env.DB, now.atMs - FAILED_KEPT_MS),
    forgetRetryKeys(env.DB, now.atMs - RETRY_KEYS_KEPT_MS, KEYS_FORGOTTEN_A_TICK),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  await auditPurchases(env, now.atMs)
  return {
    relayed,
    swept: healed + purchases + reminded + results.reduce((sum, { meta }) => sum + meta.changes, 0),
  }
}

/** Trades whose request died after their row: closed as it would have closed them, or given up as listings says. */
async function finishStuck(env: TradesEnv, atMs: number): Promise<number> {
  let finished = 0
  for (const row of await readStuck(env.DB, atMs - STUCK_AFTER_MS, HEALED_A_TICK)) {
    const ctx = {
      actor: { kind: 'worker', worker: 'trades' } as const,
      requestId: `heal:${row.id}`,
      idempotencyKey: `${row.id}:sold`,
    }
    const closing = await close(env, row, { ctx, atMs: nowMs(), also: () => [] })
    if (closing.kind === 'closed') await relay(env.DB, env, closing.events)
    if (closing.kind === 'closed' || closing.kind === 'failed') finished += 1
  }
  return finished
}

async function reopenUndone(env: TradesEnv): Promise<number> {
  let reopened = 0
  for (const row of await readToReopen(env.DB, HEALED_A_TICK)) {
    const answer = await reopen(env, row, `heal:${row.id}`)
    if (answer.ok) reopened += 1
  }
  return reopened
}
