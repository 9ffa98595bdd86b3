import type { Context } from 'hono'
import { type AppEnv, memberOf } from '#kit/app'
import { nowMs } from '#kit/clock'
import type { Asker } from '../charge.asker.ts'
import type { PaymentsEnv } from '../env.ts'

/** Who asks, behind `requireMember`. */
export const moverOf = (c: Context<AppEnv<PaymentsEnv>>): Asker => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
  atMs: nowMs(),
})
