import { nowMs } from '#kit/clock'
import type { Handlers } from '#kit/consume'
import { expireOfMember } from './coupon.store.ts'
import type { CouponsEnv } from './env.ts'

/** What coupons does with the facts it hears. Heard twice, it finds nothing left to end. */
export const handlersOf = (env: CouponsEnv): Handlers => ({
  'member.withdrawn': ({ data }) => ({ statements: expireOfMember(env.DB, data.memberId, nowMs()) }),
})
