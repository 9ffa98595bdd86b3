import type { Result } from '#contracts/errors'
import type { UnitsClaim } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { Claimed, ClaimsPlan } from '#do/slot-claims/claims.api'
import { ok, refuse } from '#kit/result'
import type { GroupBuysEnv } from './env.ts'
import { planOf } from './group-buy.store.ts'
import { forgetPlan, knownPlan } from './known-plans.ts'

/** A claim that came too late for its reservation, or with a plan that changed, begins anew so often. */
const TRIES = 3

export type Claiming = {
  id: GroupBuyId
  memberId: MemberId
  units: number
  wait: boolean
  key: string | null
}

/** So many units in all for a member; repeated, the same number is there once. */
export async function claimUnits(env: GroupBuysEnv, claiming: Claiming): Promise<Result<UnitsClaim>> {
  const { id, memberId, units, wait } = claiming
  const claims = env.SLOT_CLAIMS.getByName(id)
  for (let tries = 0; tries < TRIES; tries++) {
    const plan = await knownPlan(env, id)
    if (plan === null) return refuse('NOT_FOUND')
    if (plan.hostId === memberId) return refuse('OWN_THING')
    const key = claiming.key && `${claiming.key}:${tries}`
    const claimed = await claims.claim({ plan, memberId, units, wait, key })
    if (claimed.ok) return ok(viewOf(plan, claimed.value))
    if (claimed.refusal.code !== 'CONFLICT') return claimed
    forgetPlan(id)
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** The member goes, also from the waiting list. Who is not in it has nothing to leave. */
export async function leave(
  env: GroupBuysEnv,
  { id, memberId, key }: Pick<Claiming, 'id' | 'memberId' | 'key'>,
): Promise<Result<UnitsClaim>> {
  const plan = await planOf(env, id)
  if (plan === null) return refuse('NOT_FOUND')
  if (plan.hostId === memberId) return refuse('OWN_THING')
  const left = await env.SLOT_CLAIMS.getByName(id).lessen({ plan, memberId, units: 0, key })
  return left.ok ? ok(viewOf(plan, left.value)) : left
}

/** A member's part as they see it; what is held for units that were given up is on its way back and not shown. */
export const viewOf = (plan: ClaimsPlan, { claim, standing }: Claimed): UnitsClaim => ({
  units: claim.units,
  held: claim.units * plan.unitPrice,
  remainingUnits: standing.remainingUnits,
  waiting: claim.waiting,
})
