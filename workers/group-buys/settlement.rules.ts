import { RISE_WITHOUT_VOTE_PERCENT } from '#contracts/group-buys'
import type { Hold } from '#contracts/payments'

/**
 * Splits a total by units: everybody gets their whole part, and the won left over go one each to the largest remainders (of equal ones to
 * the first). The parts sum to the total exactly. Products stay below 2^53: a total below 2^30 times units below 2^14.
 */
export function sharesOf(total: number, units: readonly number[]): number[] {
  const all = units.reduce((sum, one) => sum + one, 0)
  if (all === 0) return units.map(() => 0)
  const shares = units.map((one) => Math.floor((total * one) / all))
  const left = total - shares.reduce((sum, one) => sum + one, 0)
  const byRemainder = units
    .map((one, index) => ({ index, remainder: (total * one) % all }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

/** Whether a real cost is so far above what was agreed that the members are asked. */
export const needsVote = (total: number, agreed: number): boolean =>
  total * 100 > agreed * (100 + RISE_WITHOUT_VOTE_PERCENT)

export type Part = { units: number; held: number }

/**
 * What each member is to pay, and what is left for the host, who pays for their own units and for what members did not agree to: without a
 * vote nobody pays more than was put aside.
 */
export function payableOf(
  total: number,
  members: readonly Part[],
  hostUnits: number,
  mayRise: boolean,
): { members: number[]; host: number } {
  const shares = sharesOf(total, [...members.map(({ units }) => units), hostUnits])
  const payable = members.map(({ held }, index) => {
    const share = shares[index] ?? 0
    return mayRise ? share : Math.min(share, held)
  })
  return { members: payable, host: total - payable.reduce((sum, one) => sum + one, 0) }
}

export type Ballot = { units: number; vote: number | null }

/** How a vote stands, by units; whoever says nothing says no in the end. */
export function tally(ballots: readonly Ballot[]): {
  yes: number
  no: number
  of: number
  isAgreed: boolean
} {
  const unitsOf = (said: number | null) =>
    ballots.reduce((sum, { units, vote }) => (said === null || vote === said ? sum + units : sum), 0)
  const [yes, no, of] = [unitsOf(1), unitsOf(0), unitsOf(null)]
  return { yes, no, of, isAgreed: yes * 2 > of }
}

/** How a share is taken from a member's open holds, one after the other; what a hold has beyond goes back. */
export function takesOf(share: number, holds: readonly Pick<Hold, 'id' | 'amount'>[]) {
  let left = share
  return holds.map(({ id, amount }) => {
    const taken = Math.min(left, amount)
    left -= taken
    return { holdId: id, amount: taken }
  })
}
