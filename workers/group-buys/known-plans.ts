import type { GroupBuyId } from '#contracts/ids'
import type { ClaimsPlan } from '#do/slot-claims/claims.api'
import { nowMs, SECOND_MS } from '#kit/clock'
import type { GroupBuysEnv } from './env.ts'
import { planOf } from './group-buy.store.ts'

const GOOD_MS = SECOND_MS
const KEPT_MAX = 500

const kept = new Map<GroupBuyId, { plan: ClaimsPlan; readAtMs: number }>()

/**
 * The plan of a group buy as it was at most a second ago, so that a crowd reads it once. Its claims object refuses (CONFLICT) one whose
 * terms changed since; who is refused reads it anew.
 */
export async function knownPlan(env: GroupBuysEnv, id: GroupBuyId): Promise<ClaimsPlan | null> {
  const known = kept.get(id)
  const askedAtMs = nowMs()
  if (known && askedAtMs - known.readAtMs < GOOD_MS) return known.plan
  const plan = await planOf(env, id)
  if (plan === null) return null
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(id, { plan, readAtMs: askedAtMs })
  return plan
}

/** What is known of it is too old. */
export function forgetPlan(id: GroupBuyId): void {
  kept.delete(id)
}
