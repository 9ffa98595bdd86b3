import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { Completion } from '#kit/idempotency'

/** Who asks, and how a retry is to be answered. */
export type Asker = {
  memberId: MemberId
  requestId: string
  completion: Completion
  idempotencyKey: string | undefined
  /** When it is done, ms since 1970: now, but for a demo town's past. */
  atMs: number
}
/** What a write answers, and the facts it committed, to be relayed. */
export type Written<Value> = Result<{ value: Value; events: MadangEvent[] }>
