import type { ErrorCode } from '#contracts/errors'
import type { DayPlan } from './counter.api.ts'

/** How a day and a member in it stand. */
export type Standing = { issued: number; mineToday: number; mineEarlier: number }

/** Why nothing is given out now, or null when the next coupon is this member's. */
export function refusalOf(plan: DayPlan, standing: Standing, nowMs: number): ErrorCode | null {
  if (plan.state === 'ended') return 'CAMPAIGN_ENDED'
  if (plan.state === 'paused') return 'CAMPAIGN_PAUSED'
  if (nowMs < plan.opensAtMs || nowMs >= plan.closesAtMs) return 'COUPON_NOT_OPEN'
  if (standing.mineToday >= plan.perMemberADay) return 'COUPON_ALREADY_CLAIMED'
  const inAll = plan.perMemberInAll
  if (inAll !== null && standing.mineToday + standing.mineEarlier >= inAll) return 'COUPON_ALREADY_CLAIMED'
  return standing.issued >= plan.total ? 'COUPON_SOLD_OUT' : null
}

/** Whether the day is over: everything given out, or its time is past, or the campaign was ended. */
export const isClosed = (plan: DayPlan, issued: number, nowMs: number): boolean =>
  issued >= plan.total || nowMs >= plan.closesAtMs || plan.state === 'ended'

/** Of two plans the newer; the one that is there when they are the same. */
export const newerPlan = (known: DayPlan | null, told: DayPlan): DayPlan =>
  known !== null && known.version >= told.version ? known : told
