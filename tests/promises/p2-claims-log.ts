import type { Books, MemberClaim, Standing } from './p2-claims-alone.ts'

/** What was said and seen while many did things at once; `from` and `to` are places in one common order. */
export type ClaimsHistory = {
  totalUnits: number
  minUnits: number
  hostUnits: number
  unitPrice: number
  /** Every call that was acknowledged and changes something. */
  acked: { what: string; from: number; to: number }[]
  /** Every answer that showed how it stands. */
  reads: (Standing & { from: number; to: number })[]
  /** From here on nothing may be acknowledged. */
  closedAt: number
  /** How it came to rest. */
  standing: Standing
  claims: { memberId: string; claim: MemberClaim }[]
  books: Books
}

const ENDS = ['filled', 'failed', 'cancelled']
/** The one way from an end to another: the host calls off what is full. */
const FULL_AND_OFF = 'filled,cancelled'
const OFF_AFTER_ALL = 'cancelled,filled'

/** Everything that breaks "never more than there are, one end, nothing after it, money with the units"; empty when nothing does. */
export function faultsOf(history: ClaimsHistory): string[] {
  const { totalUnits, reads, acked, closedAt, standing } = history
  const ended = Math.min(closedAt, ...reads.filter(({ state }) => ENDS.includes(state)).map(({ to }) => to))
  const states = new Set(reads.map(({ state }) => state).filter((state) => ENDS.includes(state)))
  return [
    ...reads
      .filter(({ takenUnits }) => takenUnits > totalUnits)
      .map(({ takenUnits }) => `${takenUnits} of ${totalUnits} are taken`),
    ...(standing.takenUnits > totalUnits
      ? [`${standing.takenUnits} of ${totalUnits} are taken in the end`]
      : []),
    ...(states.size > 1 && [...states].sort().join() !== OFF_AFTER_ALL
      ? [`it ended as ${[...states].join(' and ')}`]
      : []),
    ...acked.filter(({ from }) => from > ended).map(({ what }) => `${what} was acknowledged after the end`),
    ...faultsOfEnd(history),
    ...faultsOfMoney(history),
  ]
}

function faultsOfEnd({ books, standing, claims, hostUnits, minUnits }: ClaimsHistory): string[] {
  const happened = new Map(
    books.parts.flatMap((part) => part.happened).map((each) => [each.number, each.type]),
  )
  const ends = [...happened.values()].filter((type) => ENDS.includes(type))
  const filled = hostUnits + claims.reduce((sum, { claim }) => sum + claim.units, 0)
  const last = books.parts.at(-1)
  const isRight =
    standing.state === 'filled' ? filled >= minUnits : standing.state !== 'failed' || filled < minUnits
  return [
    ...(ends.at(-1) === standing.state && (ends.length === 1 || ends.join() === FULL_AND_OFF)
      ? []
      : [`it is ${standing.state}, told as ${ends.join(', ')}`]),
    ...(isRight ? [] : [`it is ${standing.state} with ${filled} of at least ${minUnits}`]),
    ...(last?.filledUnits === filled && last.state === standing.state
      ? []
      : ['the database was told otherwise']),
  ]
}

function faultsOfMoney({ books, claims, unitPrice, standing }: ClaimsHistory): string[] {
  // An end that gives everything back lets go at once of a hold that was being exchanged; the others are given back by what comes after.
  const givesBack = standing.state === 'failed' || standing.state === 'cancelled'
  const open = new Map(books.holds.filter(({ state }) => state === 'open').map((hold) => [hold.holdId, hold]))
  const faults = books.holds
    .filter(({ resolved }) => resolved > 1)
    .map(({ holdId }) => `${holdId} was given back more than once`)
  for (const { memberId, claim } of claims) {
    const holds = claim.holdIds.map((holdId) => open.get(holdId))
    const held = holds.reduce((sum, hold) => sum + (hold?.memberId === memberId ? hold.amount : 0), 0)
    const owed = claim.units * unitPrice
    if (givesBack ? held > owed : held !== owed) faults.push(`${held} won are held for ${claim.units} units`)
    for (const holdId of claim.holdIds) open.delete(holdId)
  }
  return [...faults, ...Array.from(open.values(), ({ amount }) => `${amount} won stay held for nothing`)]
}
