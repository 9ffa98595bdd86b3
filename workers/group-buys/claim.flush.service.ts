import type { ClaimsPart } from '#do/slot-claims/claims.api'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut } from '#kit/outbox'
import { relayTogether } from '#kit/telling'
import { putClaims, putStanding, putWaiters, readKnown } from './claim.store.ts'
import { factsOf, type Known } from './claim-facts.ts'
import type { GroupBuysEnv } from './env.ts'
import { nudge } from './flow.service.ts'
import { tellStanding, toldIn } from './snapshot.store.ts'

/** An edit, or another part, that came in between moves the row: then it is looked at again. */
const LOOKS = 3

/**
 * What a claims object brings home: how it stands, who is in it, and what is to be told of it, in one batch. The same part again changes
 * nothing, one with more behind it brings and tells of what is new: each happening is told once.
 */
export async function flushClaims(env: GroupBuysEnv, part: ClaimsPart): Promise<void> {
  await bring(env, part)
  // The row is due from the batch on; this only makes it sooner.
  if (part.state !== 'recruiting') await nudge(env, part.plan.groupBuyId)
}

async function bring(env: GroupBuysEnv, part: ClaimsPart): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const known = await readKnown(env.DB, part.plan.groupBuyId)
    if (known === null) throw new Error(`claims of ${part.plan.groupBuyId}, which is not in the database`)
    // Its facts are in the outbox; who brought it may have died before sending them, then the tick does.
    if (known.claimsVersion >= part.version || (await put(env, part, known))) return
  }
  throw new Error(`the row of ${part.plan.groupBuyId} never holds still`)
}

/** Whether it is in the database now: not when the row was not as it is known. */
async function put(env: GroupBuysEnv, part: ClaimsPart, known: Known): Promise<boolean> {
  const events = factsOf(part, known)
  const atMs = nowMs()
  const outcome = await runBatch(env.DB, [
    ...putStanding(env.DB, part, { known, facts: events.length, atMs }),
    ...putClaims(env.DB, part),
    ...putWaiters(env.DB, part, atMs),
    ...events.map((event) => outboxPut(env.DB, event)),
    tellStanding(env.DB, part, atMs),
  ])
  if (outcome.kind === 'aborted') {
    if (outcome.constraint === 'batch_guard.changed_one') return false
    throw new Error(`claims refused by ${outcome.constraint}`)
  }
  // Behind the answers that wait for this part; dead before it, the tick sends.
  void relayTogether(env.DB, env, [...toldIn(outcome.results), ...events])
  return true
}
