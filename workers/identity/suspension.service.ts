import type { Result } from '#contracts/errors'
import type { DecisionId, MemberId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import type { IdentityEnv } from './env.ts'
import { writeMail } from './mail.service.ts'
import { accountById } from './member.store.ts'
import { endAllSessions } from './session.store.ts'
import { insertSuspension, liftSuspensionOf, suspendedUntil } from './suspension.store.ts'

export type Suspension = {
  memberId: MemberId
  decisionId: DecisionId
  untilMs: number
  reason: string
  appealPath?: string
}

/**
 * Ends every session of a member and keeps them out until then; a letter tells them why, since they can read it nowhere else. The
 * decision's id is the key: said again, nothing happens, not even after it was lifted.
 */
export async function suspend(
  env: IdentityEnv,
  { memberId, decisionId, untilMs, reason, appealPath }: Suspension,
): Promise<Result<{ mailId: string | null }>> {
  const account = await accountById(env.DB, memberId)
  if (!account) return refuse('NOT_FOUND')
  const atMs = nowMs()
  const appealAt = appealPath === undefined ? null : `${env.SITE_ORIGIN ?? ''}${appealPath}`
  const cause = { kind: 'suspended', loginId: account.loginId, untilMs, reason, appealAt } as const
  const mail = writeMail(env, account, cause, atMs)
  const outcome = await runBatch(env.DB, [
    insertSuspension(env.DB, { decisionId, memberId, atMs, untilMs }),
    endAllSessions(env.DB, { memberId, reason: 'revoked', atMs }),
    mail.statement,
  ])
  return ok({ mailId: outcome.kind === 'done' ? mail.id : null })
}

/** Ends what that decision put on. Another decision's suspension stays; sessions that ended stay ended. */
export async function liftSuspension(
  env: IdentityEnv,
  { memberId, decisionId }: { memberId: MemberId; decisionId: DecisionId },
): Promise<void> {
  await liftSuspensionOf(env.DB, { decisionId, memberId, atMs: nowMs() }).run()
}

/** The refusal of a suspended member, with how long it lasts; null for everyone else. */
export async function refusedAsSuspended(db: D1Database, memberId: MemberId): Promise<Result<never> | null> {
  const atMs = nowMs()
  const untilMs = await suspendedUntil(db, memberId, atMs)
  if (untilMs === null) return null
  return refuse('MEMBER_SUSPENDED', { retryAfterSeconds: Math.ceil((untilMs - atMs) / SECOND_MS) })
}
