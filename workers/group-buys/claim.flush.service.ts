import type { ClaimsPart } from '#do/slot-claims/claims.api'
import { nowMs } from '#kit/clock'
import { outboxPutOnce } from '#kit/outbox'
import { relayTogether } from '#kit/telling'
import { putClaims, putStanding, putWaiters, readVersion } from './claim.store.ts'
import { factsOf } from './claim-facts.ts'
import type { GroupBuysEnv } from './env.ts'
import { nudge } from './flow.service.ts'
import { tellStanding, toldIn } from './snapshot.store.ts'

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
  // Behind the answers that wait for this part; dead before it, the tick sends.
  void relayTogether(env.DB, env, [...toldIn(results), ...events])
  // The row is due from the batch on; this only makes it sooner.
  if (part.state !== 'recruiting') await nudge(env, part.plan.groupBuyId)
}
