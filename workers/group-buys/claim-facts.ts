import type { MadangEvent } from '#contracts/events'
import type { ClaimsHappening, ClaimsPart } from '#do/slot-claims/claims.api'
import { derivedId } from '#kit/id'
import { eventOnce } from '#kit/outbox'

/**
 * What is told of a part of a group buy's claims, the first under the version after `version`. Who is in it is said once, by the last fact
 * of who came and went, and by an end. A part that comes again, or with more behind it, tells under the same ids.
 */
export function factsOf(part: ClaimsPart, version: number): MadangEvent[] {
  // Who waited in vain was never in it.
  const last = part.happened.findLast(({ type }) => type !== 'passed_over')
  return part.happened.map((happening, index) =>
    factOf(part, happening, version + 1 + index, happening === last),
  )
}

function factOf(part: ClaimsPart, happening: ClaimsHappening, version: number, isLast: boolean): MadangEvent {
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
  const whose = { memberIds: isLast ? memberIds : null, memberId, units, remainingUnits }
  return eventOnce({ type: `group_buy.${type}`, ...about, data: { ...data, ...whose } }, id, atMs)
}
