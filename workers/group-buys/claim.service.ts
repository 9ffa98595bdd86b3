import type { Result } from '#contracts/errors'
import type { UnitsClaim } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { Claimed, ClaimsPlan, ToPay } from '#do/slot-claims/claims.api'
import { ok, refuse } from '#kit/result'
import { holdMoney, Unanswered } from './claim.money.service.ts'
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

/**
 * So many units in all for a member: reserved, their money put aside, then confirmed. Dead in between, the reservation lapses and its
 * money goes back by itself; repeated, the same number is there once.
 */
export async function claimUnits(env: GroupBuysEnv, claiming: Claiming): Promise<Result<UnitsClaim>> {
  const { id, memberId, units, wait } = claiming
  const claims = env.SLOT_CLAIMS.getByName(id)
  for (let tries = 0; tries < TRIES; tries++) {
    const plan = await knownPlan(env, id)
    if (plan === null) return refuse('NOT_FOUND')
    if (plan.hostId === memberId) return refuse('OWN_THING')
    const key = claiming.key && `${claiming.key}:${tries}`
    const reserved = await claims.reserve({ plan, memberId, units, wait, key })
    if (!reserved.ok && reserved.refusal.code === 'CONFLICT' && tries === 0 && forgetPlan(id)) continue
    if (!reserved.ok) return reserved
    const { pay, ...claimed } = reserved.value
    if (pay === null) return ok(viewOf(plan, claimed))
    const confirmed = await payFor(env, plan, memberId, pay)
    if (confirmed.ok) return ok(viewOf(plan, confirmed.value))
    if (confirmed.refusal.code !== 'CONFLICT') return confirmed
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** A claim that ended meanwhile has the object give its money back. */
async function payFor(
  env: GroupBuysEnv,
  plan: ClaimsPlan,
  memberId: MemberId,
  { claimId, holdId, addUnits: units }: ToPay,
): Promise<Result<Claimed>> {
  const claims = env.SLOT_CLAIMS.getByName(plan.groupBuyId)
  const held = await holdMoney(env, { plan, memberId, holdId, units, instead: null }).catch(
    (error: unknown) => {
      if (error instanceof Unanswered) return refuse('UNAVAILABLE', { retryAfterSeconds: 2 })
      throw error
    },
  )
  if (held.ok) return await claims.confirm(claimId)
  await claims.abandon(claimId)
  return held
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
