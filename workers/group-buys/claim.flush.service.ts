import type { MadangEvent } from '#contracts/events'
import type { ClaimsHappening, ClaimsPart } from '#do/slot-claims/claims.api'
import { nowMs } from '#kit/clock'
import { derivedId } from '#kit/id'
import { eventOnce, outboxPutOnce, relay } from '#kit/outbox'
import { putClaims, putStanding, putWaiters, readVersion } from './claim.store.ts'
import type { GroupBuysEnv } from './env.ts'
import { nudge } from './flow.service.ts'
import { tellStanding, toldIn } from './snapshot.store.ts'

/** Events of a large group buy carry hundreds of ids: so many go to the queue at once. */
const RELAYED_AT_ONCE = 5

/**
 * What a claims object brings home: how it stands, who is in it, and what is to be told of it, in one batch. The same part again changes
 * nothing; an event has its id from its number, so that it is told once.
 */
export async function flushClaims(env: GroupBuysEnv, part: ClaimsPart): Promise<void> {
  const version = await readVersion(env.DB, part.plan.groupBuyId)
  if (version === null) throw new Error(`claims of ${part.plan.groupBuyId}, which is not in the database`)
  const events = part.happened.map((happening, index) => eventAbout(part, happening, version + 1 + index))
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

function eventAbout(part: ClaimsPart, happening: ClaimsHappening, version: number): MadangEvent {
  const { type, memberId, units, remainingUnits, number, atMs } = happening
  const { groupBuyId, title, hostId } = part.plan
  const { memberIds } = part
  const requestId = `${groupBuyId}:claims:${number}`
  const about = { aggregateId: groupBuyId, version, actorId: memberId, requestId }
  const data = { groupBuyId, title, hostId, memberIds }
  const id = derivedId('evt', requestId)
  if (type === 'filled' || type === 'failed' || type === 'cancelled') {
    const actorId = type === 'cancelled' ? hostId : null
    return eventOnce({ type: `group_buy.${type}`, ...about, actorId, data }, id, atMs)
  }
  if (memberId === null) throw new Error(`${type} of nobody`)
  return eventOnce(
    { type: `group_buy.${type}`, ...about, data: { ...data, memberId, units, remainingUnits } },
    id,
    atMs,
  )
}
