import type { ClaimsPart } from '#do/slot-claims/claims.api'
import { nowMs } from '#kit/clock'
import { outboxPutOnce, relay } from '#kit/outbox'
import { putClaims, putStanding, putWaiters, readVersion } from './claim.store.ts'
import { factsOf } from './claim-facts.ts'
import type { GroupBuysEnv } from './env.ts'
import { nudge } from './flow.service.ts'
import { tellStanding, toldIn } from './snapshot.store.ts'

/** So many go to the queue at once; of a part's events one or two carry hundreds of ids. */
const RELAYED_AT_ONCE = 25

/**
 * What a claims object brings home: how it stands, who is in it, and what is to be told of it, in one batch. The same part again changes
 * nothing; an event has its id from its number, so that it is told once.
 */
export async function flushClaims(env: GroupBuysEnv, part: ClaimsPart): Promise<void> {
  const version = await readVersion(env.DB, part.plan.groupBuyId)
  if (version === null) throw new Error(`claims of ${part.plan.groupBuyId}, which is not in the database`)
  const events = factsOf(part, version)
  const atMs = nowMs()
  const results = await env.DB.batch([
    putStanding(env.DB, part, events.length, atMs),
    ...putClaims(env.DB, part),
    ...putWaiters(env.DB, part, atMs),
    ...events.map((event) => outboxPutOnce(env.DB, event)),
    tellStanding(env.DB, part, atMs),
  ])
  const told = [...toldIn(results), ...events]
  for (let start = 0; start < told.length; start += RELAYED_AT_ONCE)
    await relay(env.DB, env, told.slice(start, start + RELAYED_AT_ONCE))
  // The row is due from the batch on; this only makes it sooner.
  if (part.state !== 'recruiting') await nudge(env, part.plan.groupBuyId)
}
