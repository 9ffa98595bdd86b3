import type { MemberId } from '#contracts/ids'
import type { Completion } from '#kit/idempotency'

/** Who asks to move money, and what a retry of the request is to be answered with. */
export type Asker = { memberId: MemberId; requestId: string; completion: Completion; atMs: number }
