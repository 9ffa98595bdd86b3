import type { HoldId, MemberId } from '#contracts/ids'
import type { ClaimsPlan, ClaimsState } from './claims.api.ts'

/** How a group buy stands in its own books. */
export type Counted = {
  plan: ClaimsPlan
  state: ClaimsState
  confirmedUnits: number
  reservedUnits: number
}

/** What nobody has and nobody is paying for. */
export const remainingOf = ({ plan, confirmedUnits, reservedUnits }: Counted): number =>
  plan.totalUnits - plan.hostUnits - confirmedUnits - reservedUnits

/** Where the recruiting ends by itself at this moment; null while it goes on. */
export function endAt({ plan, state, confirmedUnits }: Counted, nowMs: number): 'filled' | 'failed' | null {
  if (state !== 'recruiting') return null
  const filled = confirmedUnits + plan.hostUnits
  if (filled >= plan.totalUnits) return 'filled'
  if (nowMs < plan.deadlineMs) return null
  return filled >= plan.minUnits ? 'filled' : 'failed'
}

/** Whether a plan differs in what members join on. */
export const changesTerms = (one: ClaimsPlan, other: ClaimsPlan): boolean =>
  one.totalUnits !== other.totalUnits ||
  one.minUnits !== other.minUnits ||
  one.hostUnits !== other.hostUnits ||
  one.unitPrice !== other.unitPrice ||
  one.deadlineMs !== other.deadlineMs

export type Waiter = { memberId: MemberId; units: number; hasUnits: number; isPaying: boolean }

/** The first on the waiting list for whom there is enough. */
export const firstWhoFits = (waiters: readonly Waiter[], remaining: number): Waiter | null =>
  waiters.find(({ units, hasUnits, isPaying }) => !isPaying && units - hasUnits <= remaining) ?? null

export type HeldUnits = { holdId: HoldId; units: number }
/** What goes back when a member gives up so many units, the newest first; of the last one they may keep a part. */
export function givenUp(
  newestFirst: readonly HeldUnits[],
  units: number,
): { released: HoldId[]; parted: { holdId: HoldId; keep: number } | null } {
  const released: HoldId[] = []
  let rest = units
  for (const held of newestFirst) {
    if (rest === 0) break
    if (held.units > rest) return { released, parted: { holdId: held.holdId, keep: held.units - rest } }
    released.push(held.holdId)
    rest -= held.units
  }
  return { released, parted: null }
}
