import type { ReceiptLink } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { CampaignId, MemberId } from '#contracts/ids'

/** What a day gives out and when; `version` grows with each change of the campaign, and the newest the object was told rules. */
export type DayPlan = {
  campaignId: CampaignId
  day: string
  title: string
  version: number
  state: 'running' | 'paused' | 'ended'
  opensAtMs: number
  closesAtMs: number
  total: number
  perMemberADay: number
  perMemberInAll: number | null
  validForMs: number
}

/** A coupon as it was given out. `title` is the campaign's at that moment, so that a repeated answer has the same bytes. */
export type IssuedLink = ReceiptLink & { memberId: MemberId; title: string; expiresAtMs: number }

export type ClaimRequest = {
  plan: DayPlan
  memberId: MemberId
  /** The client's Idempotency-Key; null when it sent none. */
  key: string | null
  /** Coupons of this campaign the member got on other days. */
  earlier: number
}

/** What the database does not have yet: links in order, and how the day stands after them. */
export type DayFlush = { plan: DayPlan; issued: number; head: string; links: IssuedLink[] }

/** Brings a part to the database. The same part again changes nothing. Throws when it could not. */
export type FlushDay<Env> = (env: Env, part: DayFlush) => Promise<void>

export type DayLook = { issued: number; head: string; closed: boolean }

/**
 * The object of one campaign day. Its SQLite is the truth about who was first; every claim is one synchronous transaction.
 */
export interface CouponCounterObject extends Rpc.DurableObjectBranded {
  /**
   * Gives the next coupon, or says why not: CAMPAIGN_ENDED, CAMPAIGN_PAUSED, COUPON_NOT_OPEN, COUPON_ALREADY_CLAIMED, COUPON_SOLD_OUT.
   * The same member with the same key gets the first answer again, whatever happened since. Who is refused leaves no trace.
   */
  claim(request: ClaimRequest): Promise<Result<{ link: IssuedLink; replayed: boolean }>>
  /** What the member was given under this key; null when nothing. */
  answered(memberId: MemberId, key: string): Promise<IssuedLink | null>
  /** Takes a newer plan at once (a pause); an older one changes nothing. */
  replan(plan: DayPlan): Promise<void>
  look(): Promise<DayLook>
  /** Who won, once everything is given out; null before. */
  winnersIfSoldOut(): Promise<MemberId[] | null>
  /** Answers once everything given out before this call is in the database; throws when it cannot be brought there. */
  flushed(): Promise<void>
  /** The links from a sequence on, at most `limit`. */
  links(fromSequence: number, limit: number): Promise<IssuedLink[]>
  /** Reads its own storage whole: whether links, places and limits are as they must be. */
  audit(): Promise<{ issued: number; head: string; faults: string[] }>
}
