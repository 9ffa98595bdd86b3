import type { MadangEvent } from '#contracts/events'
import type { ClaimsHappening, ClaimsPart } from '#do/slot-claims/claims.api'
import { derivedId } from '#kit/id'
import { eventOnce } from '#kit/outbox'

/** How a group buy stands in the database: its own version, and up to which of its object's claims it is there. */
export type Known = { version: number; claimsVersion: number }

/**
 * What is told of a part of a group buy's claims, beyond what is known and told, the first under the version after the known one. Those who
 * came, or went, one right after the other are told of by one fact: a crowd is no flood. Who is in it is said once, by the last fact of who
 * came and went, and by an end.
 */
export function factsOf(part: ClaimsPart, known: Known): MadangEvent[] {
  const runs = runsOf(part.happened.filter(({ number }) => number > known.claimsVersion))
  // Who waited in vain was never in it.
  const last = runs.findLast(([{ type }]) => type !== 'passed_over')
  return runs.map((run, index) => factOf(part, run, known.version + 1 + index, run === last))
}

type Run = [ClaimsHappening, ...ClaimsHappening[]]

/** The latest of each run stands first. */
function runsOf(happened: ClaimsHappening[]): Run[] {
  const runs: Run[] = []
  for (const happening of happened) {
    const run = runs.at(-1)
    if (run?.[0].type === happening.type && TOLD_TOGETHER.includes(happening.type)) run.unshift(happening)
    else runs.push([happening])
  }
  return runs
}
const TOLD_TOGETHER: readonly ClaimsHappening['type'][] = ['joined', 'left']

function factOf(part: ClaimsPart, [latest, ...others]: Run, version: number, isLast: boolean): MadangEvent {
  const { type, memberId, units, remainingUnits, number, atMs } = latest
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
  const whose = {
    memberIds: isLast ? memberIds : null,
    ...{ memberId, units, remainingUnits, others: others.length },
  }
  return eventOnce({ type: `group_buy.${type}`, ...about, data: { ...data, ...whose } }, id, atMs)
}
