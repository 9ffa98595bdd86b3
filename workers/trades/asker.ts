import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { Completion } from '#kit/idempotency'

/** Who asks, and how a retry is to be answered. */
export type Asker = { memberId: MemberId; requestId: string; completion: Completion; atMs: number }

/** What a write answers, the facts it committed, to be relayed, and the tags of public replies it made old. */
export type Written<Value> = Result<{ value: Value; events: MadangEvent[]; old: string[] }>

/** The context of a call made for a member; `step` names what must have its effect once. */
export const callFor = (
  { memberId, requestId }: Pick<Asker, 'memberId' | 'requestId'>,
  step: string,
): CallContext => ({
  actor: { kind: 'member', memberId, role: 'member' },
  requestId,
  idempotencyKey: step,
})

/** Tags of the public replies that speak of a member. */
export const reputationTag = (memberId: MemberId): string => `reputation:${memberId}`
export const reviewsTag = (memberId: MemberId): string => `reviews:${memberId}`
