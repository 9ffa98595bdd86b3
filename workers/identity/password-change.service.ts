import type { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { ChangePasswordRequest } from '#contracts/identity'
import type { TokenHolder } from '#kit/auth'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import { dropCodes } from './code.store.ts'
import type { IdentityEnv } from './env.ts'
import { deliverMail, writeMail } from './mail.service.ts'
import { type Account, setPassword } from './member.store.ts'
import { isWeakPassword } from './password.rules.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { ownAccount } from './profile.service.ts'
import { endAllSessions } from './session.store.ts'
import { admitOwnPassword, type Client, forgiveOwnPassword } from './throttling.ts'

type Changed = { afterReply: () => Promise<void> }
const NOTHING_LEFT: Changed = { afterReply: async () => {} }

/**
 * Sets a new password for a member who knows the one they have: this device stays signed in, every other is signed out, codes to reset it
 * are worth nothing any more, and a letter says so. Asked again after its answer was lost, the new one already opens the account, and
 * nothing is done. TOO_MANY_REQUESTS, CREDENTIALS_WRONG, PASSWORD_WEAK; SESSION_ENDED for a session that is over.
 */
export async function changePassword(
  env: IdentityEnv,
  holder: TokenHolder,
  { current, password }: z.infer<typeof ChangePasswordRequest>,
  client: Client,
): Promise<Result<Changed>> {
  const own = await ownAccount(env, holder)
  if (!own.ok) return own
  const account = own.value
  const admitted = await admitOwnPassword(env, account.id, client)
  if (!admitted.ok) return admitted
  const right = await verifyPassword(current, account.passwordHash)
  if (!right.ok) return right
  if (!right.value) return await doneBefore(account, password)
  if (isWeakPassword(password, account)) return refuse('PASSWORD_WEAK')
  const hashed = await hashPassword(password)
  if (!hashed.ok) return hashed

  const atMs = nowMs()
  const { id: memberId, loginId } = account
  const mail = writeMail(env, account, { kind: 'password_changed_here', loginId }, atMs)
  const outcome = await runBatch(env.DB, [
    setPassword(env.DB, memberId, hashed.value, account.passwordHash),
    assertChangedOne(env.DB),
    endAllSessions(env.DB, { memberId, but: holder.sessionId, reason: 'password_reset', atMs }),
    dropCodes(env.DB, memberId),
    mail.statement,
  ])
  // Another device was first: what was `current` is not any more.
  if (outcome.kind === 'aborted') return refuse('CREDENTIALS_WRONG')
  log('info', 'password changed, other devices signed out', { memberId })
  return ok({
    afterReply: async () => {
      await Promise.all([forgiveOwnPassword(env, memberId, client), deliverMail(env, mail.id)])
    },
  })
}

/** To a thief with a session this look is one more guess: ten in a quarter of an hour, not five. */
async function doneBefore(account: Account, password: string): Promise<Result<Changed>> {
  const isMine = await verifyPassword(password, account.passwordHash)
  if (!isMine.ok) return isMine
  return isMine.value ? ok(NOTHING_LEFT) : refuse('CREDENTIALS_WRONG')
}
