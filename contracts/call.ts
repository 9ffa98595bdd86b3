import type { MemberId } from './ids.ts'

export type Role = 'member' | 'operator'

/** Who acts: a signed-in member, or a worker of ours on its own account (a consumer, a tick). */
export type Actor = { kind: 'member'; memberId: MemberId; role: Role } | { kind: 'worker'; worker: string }

/**
 * First argument of every RPC call. `idempotencyKey` is `<processId>:<step>`: a call repeated with the same key has its
 * effect once and gives the first answer.
 */
export type CallContext = { actor: Actor; requestId: string; idempotencyKey: string }

/** What the edge's minute tick asks of each domain. Running twice or late is harmless: every sweep is idempotent. */
export interface Ticking {
  tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }>
}
