import type { Context } from 'hono'
import type { MadangEvent } from '#contracts/events'
import { type AppEnv, memberOf } from '#kit/app'
import { relay } from '#kit/outbox'
import type { ModerationEnv } from '../env.ts'

export type ModerationContext = Context<AppEnv<ModerationEnv>>

/** Who asks, behind `requireMember` or `requireOperator`, and how a retry is to be answered. */
export const askerOf = (c: ModerationContext) => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
})

/** Sends committed facts after the reply; what is not sent now the tick sends. */
export function tell(c: ModerationContext, events: MadangEvent[]): void {
  if (events.length > 0) c.executionCtx.waitUntil(relay(c.env.DB, c.env, events))
}
