import type { Context } from 'hono'
import { type AppEnv, memberOf } from '#kit/app'
import type { ModerationEnv } from '../env.ts'

export type ModerationContext = Context<AppEnv<ModerationEnv>>

/** Who asks, behind `requireMember` or `requireOperator`, and how a retry is to be answered. */
export const askerOf = (c: ModerationContext) => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
})
