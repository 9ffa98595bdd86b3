import type { GroupBuyId } from '#contracts/ids'
import { describeError, log } from '#kit/log'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { takeUp } from './carry.service.ts'
import type { GroupBuysEnv } from './env.ts'
import { readDue } from './group-buy.store.ts'
import { settleDeadIntents } from './photos.service.ts'

const DUE_A_TICK = 100
/** Looks at one group buy in a tick: enough to settle a full one. */
const LOOKS = 30

/** The minute's work: does what is due, tells what waits, forgets what is old. Running twice, late or beside a flow comes to the same. */
export async function sweep(
  env: GroupBuysEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  let moved = 0
  for (const id of await readDue(env.DB, now.atMs, DUE_A_TICK)) {
    if (await carry(env, id, now.atMs)) moved += 1
  }
  const settled = await settleDeadIntents(env, now.atMs)
  const relayed = await relayWaiting(env.DB, env, now)
  const results = await env.DB.batch(sweepPlatformTables(env.DB, now.atMs))
  return {
    relayed,
    swept: moved + settled + results.reduce((sum, { meta }) => sum + meta.changes, 0),
  }
}

/** What a neighbour gives no answer for stays due, and has the next tick. */
async function carry(env: GroupBuysEnv, id: GroupBuyId, atMs: number): Promise<boolean> {
  try {
    for (let look = 0; look < LOOKS; look++) {
      const dueAtMs = await takeUp(env, id, atMs)
      if (dueAtMs === null || dueAtMs > atMs) break
    }
    return true
  } catch (error) {
    log('warn', 'group buy left to a later tick', { groupBuyId: id, ...describeError(error) })
    return false
  }
}
