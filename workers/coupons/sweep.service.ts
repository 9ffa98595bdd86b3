import { DAY_MS } from '#kit/clock'
import { derivedId } from '#kit/id'
import { eventOnce, outboxPutOnce, relay, relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { auditDays } from './audit.service.ts'
import { settleOpenDays } from './counters.ts'
import { type Expiring, expirePast, noteReminded, readExpiring, releaseLapsed } from './coupon.store.ts'
import type { CouponsEnv } from './env.ts'

/** Reminders of one tick; the rest waits a minute. */
const REMINDED_A_TICK = 200

/**
 * The minute's work: brings home what counters still have, gives back what dead trades held, ends what is past, reminds a day before,
 * seals and audits days, tells what waits, forgets what is old. Running twice or late is harmless.
 */
export async function sweep(
  env: CouponsEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  await settleOpenDays(env, now.atMs)
  const results = await env.DB.batch([
    releaseLapsed(env.DB, now.atMs),
    expirePast(env.DB, now.atMs),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  const reminded = await remind(env, now.atMs)
  const audited = await auditDays(env, now.atMs)
  const relayed = await relayWaiting(env.DB, env, now)
  const swept = results.reduce((sum, { meta }) => sum + meta.changes, 0)
  return { relayed, swept: swept + reminded + audited }
}

/** A day before a coupon ends its member is told, once: mark and event stand in one batch, and the event's id is the coupon's own. */
async function remind(env: CouponsEnv, atMs: number): Promise<number> {
  const expiring = await readExpiring(env.DB, atMs, DAY_MS, REMINDED_A_TICK)
  if (expiring.length === 0) return 0
  const events = expiring.map((coupon) => reminderOf(coupon, atMs))
  await env.DB.batch([
    noteReminded(
      env.DB,
      expiring.map(({ id }) => id),
    ),
    ...events.map((event) => outboxPutOnce(env.DB, event)),
  ])
  await relay(env.DB, env, events)
  return events.length
}

function reminderOf({ id, campaignId, memberId, title, expiresAtMs }: Expiring, atMs: number) {
  const requestId = `expiring:${id}`
  return eventOnce(
    {
      type: 'coupon.expiring',
      aggregateId: id,
      version: 1,
      actorId: null,
      requestId,
      data: { couponId: id, campaignId, memberId, title, expiresAtMs },
    },
    derivedId('evt', requestId),
    atMs,
  )
}
