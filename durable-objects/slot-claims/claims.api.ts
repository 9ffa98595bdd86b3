import type { Result } from '#contracts/errors'
import type { GroupBuyId, HoldId, MemberId } from '#contracts/ids'

/** What members can join, as its host set it. */
export type ClaimsPlan = {
  groupBuyId: GroupBuyId
  hostId: MemberId
  title: string
  totalUnits: number
  minUnits: number
  hostUnits: number
  unitPrice: number
  deadlineMs: number
  /** Grows with each change of the plan; an older one than the object has changes nothing. */
  version: number
}

export type ClaimsState = 'recruiting' | 'filled' | 'failed' | 'cancelled'
export type Standing = {
  /** Confirmed and reserved together, the host's own included: what others cannot have. */
  takenUnits: number
  remainingUnits: number
  members: number
  waiting: number
  state: ClaimsState
}

/** One member's part: `units` are paid for. */
export type MemberClaim = {
  units: number
  holdIds: HoldId[]
  waiting: { units: number; place: number } | null
}

/** So many units in all for a member; `key` is what a repeat of it comes under. */
export type ClaimOrder = {
  plan: ClaimsPlan
  memberId: MemberId
  units: number
  wait: boolean
  key: string | null
}

/** Units reserved until their money is held: `addUnits` × `unitPrice` under this hold id, before `expiresAtMs`. */
export type ToPay = {
  claimId: string
  holdId: HoldId
  addUnits: number
  unitPrice: number
  expiresAtMs: number
}
export type Claimed = { claim: MemberClaim; standing: Standing }
export type GroupBuyMember = { memberId: MemberId; units: number; holdIds: HoldId[]; joinedAtMs: number }

/** Money of one member, put aside under this id. */
export type MoneyLine = { holdId: HoldId; memberId: MemberId; amount: number }
/** Money to put aside, all of it or none; with `instead` that hold is given back in the same step. */
export type MoneyToHold = { plan: ClaimsPlan; lines: MoneyLine[]; instead: HoldId | null }

export type ClaimsHappening = {
  /** The version it made; the same number is the same happening. */
  number: number
  type: 'joined' | 'left' | 'promoted' | 'passed_over' | 'filled' | 'failed' | 'cancelled'
  memberId: MemberId | null
  /** How many came or went. */
  units: number
  remainingUnits: number
  atMs: number
}

/** What the database does not have yet. */
export type ClaimsPart = {
  plan: ClaimsPlan
  /** Of the object; the same version is the same part or a later one with more in it. */
  version: number
  filledUnits: number
  members: number
  waiting: number
  /** `recruiting` until the last part of the end is there. */
  state: ClaimsState
  terminalAtMs: number | null
  /** Who changed; no units: who went. */
  changed: (GroupBuyMember & { version: number })[]
  /** Who waits, in order, as it is now. */
  waiters: { memberId: MemberId; units: number }[]
  happened: ClaimsHappening[]
  memberIds: MemberId[]
}

/** What the object has done elsewhere. Each may come again with the same ids, and then changes nothing. Throws when there was no answer. */
export type ClaimsPorts<Env> = {
  hold(env: Env, money: MoneyToHold): Promise<Result<null>>
  release(env: Env, groupBuyId: GroupBuyId, holdIds: HoldId[]): Promise<void>
  flush(env: Env, part: ClaimsPart): Promise<void>
}

/**
 * One group buy: who has how many of its units. Every method is one decision in one transaction; nothing is promised beyond the total,
 * and after its one terminal state nothing is acknowledged any more.
 */
export interface SlotClaimsObject extends Rpc.DurableObjectBranded {
  /** Tells what it is about; repeated with each call that may be the first. Refused (GROUP_BUY_JOINED) when it changes what members joined on. */
  plan(plan: ClaimsPlan): Promise<Result<Standing>>
  /**
   * What this member wants in all. More than they have is reserved, their money put aside, and then it stands: a claim whose money cannot be
   * held is undone, one whose money came too late has it given back. Fewer are given up at once; as many as they have, or a place on the waiting list
   * (`wait`), cost nothing. A key that was asked under before reserves nothing anew. SLOTS_EXHAUSTED, GROUP_BUY_CLOSED from the
   * deadline's millisecond on, REQUEST_IN_FLIGHT while another number of theirs is being paid for, UNAVAILABLE when nobody knows whether the money is held,
   * payments' own refusals; CONFLICT when the plan told is not the one that rules, or when the money came too late but there are still so many: the caller may
   * begin anew.
   */
  claim(order: ClaimOrder): Promise<Result<Claimed>>
  /** The member takes fewer, or goes (0); also from the waiting list. Their money goes back. GROUP_BUY_CLOSED after the end of the recruiting. */
  lessen(request: {
    plan: ClaimsPlan
    memberId: MemberId
    units: number
    key: string | null
  }): Promise<Result<Claimed>>
  claimOf(memberId: MemberId): Promise<MemberClaim>
  standing(): Promise<Standing | null>
  /** The host calls it off while it recruits or is filled. Repeating answers the same. With the plan, since it may be the first call. */
  cancel(plan?: ClaimsPlan): Promise<Result<Standing>>
  /** Everybody who is in it, in the order they joined. */
  members(): Promise<GroupBuyMember[]>
  /** Answers once everything decided before this call is in the database; throws when it cannot be brought there. */
  flushed(): Promise<void>
}
