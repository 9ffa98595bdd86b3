import type { Result } from '#contracts/errors'
import type { GroupBuyId, HoldId, MemberId } from '#contracts/ids'

/** What members can join, as its host set it. */
export type ClaimsPlan = {
  groupBuyId: GroupBuyId
  hostId: MemberId
  totalUnits: number
  minUnits: number
  hostUnits: number
  unitPrice: number
  deadlineMs: number
  /** Grows with each change of the plan; an older one than the object has changes nothing. */
  version: number
}

export type Standing = {
  /** Confirmed and reserved together, the host's own included: what others cannot have. */
  takenUnits: number
  remainingUnits: number
  members: number
  waiting: number
  state: 'recruiting' | 'filled' | 'failed' | 'cancelled'
}

/** One member's part: `units` are paid for; `reserved` waits for its money. */
export type MemberClaim = {
  units: number
  holdIds: HoldId[]
  waiting: { units: number; place: number } | null
}

/**
 * One group buy: who has how many of its units. Every method is one decision in one transaction; nothing is promised beyond the total,
 * and after its one terminal state nothing is acknowledged any more.
 */
export interface SlotClaimsObject extends Rpc.DurableObjectBranded {
  /** Tells what it is about; repeated with each call that may be the first. Refused (GROUP_BUY_JOINED) when it changes what members joined on. */
  plan(plan: ClaimsPlan): Promise<Result<Standing>>
  /**
   * Reserves what this member wants in all for a short while, until its money is held: the answer names the claim to confirm. The same key
   * gives the same answer. SLOTS_EXHAUSTED (or a place on the waiting list with `wait`), GROUP_BUY_CLOSED from the deadline's millisecond on.
   */
  reserve(request: {
    plan: ClaimsPlan
    memberId: MemberId
    units: number
    wait: boolean
    key: string
  }): Promise<Result<{ claimId: string; addUnits: number; claim: MemberClaim; standing: Standing }>>
  /** Its money is held: the claim stands. GROUP_BUY_CLOSED or SLOTS_EXHAUSTED when it came too late: the caller gives the money back. Repeating answers the same. */
  confirm(request: {
    claimId: string
    holdIds: HoldId[]
  }): Promise<Result<{ claim: MemberClaim; standing: Standing }>>
  /** Its money could not be held: the units are free again. Repeating changes nothing. */
  abandon(claimId: string): Promise<void>
  /** The member goes, or takes fewer: answers the holds to give back. Not after the end of the recruiting (GROUP_BUY_CLOSED). */
  lessen(request: {
    memberId: MemberId
    units: number
    key: string
  }): Promise<Result<{ freedHoldIds: HoldId[]; claim: MemberClaim; standing: Standing }>>
  claimOf(memberId: MemberId): Promise<MemberClaim>
  standing(): Promise<Standing | null>
  /** The host calls it off while it recruits or is filled. Repeating answers the same. */
  cancel(): Promise<Result<Standing>>
  /** Everybody who is in it, in the order they joined. */
  members(): Promise<{ memberId: MemberId; units: number; holdIds: HoldId[]; joinedAtMs: number }[]>
}
