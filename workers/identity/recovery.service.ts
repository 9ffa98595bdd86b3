import type { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { ResetPasswordConfirmRequest } from '#contracts/identity'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import { findCode, issueCode } from './code.service.ts'
import { spendCode } from './code.store.ts'
import type { IdentityEnv } from './env.ts'
import { deliverMail, writeMail } from './mail.service.ts'
import { accountByEmail, setPassword, waitingSignUp } from './member.store.ts'
import { isWeakPassword } from './password.rules.ts'
import { hashPassword } from './password-hash.ts'
import { endAllSessions } from './session.store.ts'
import { type Client, clearCodeGuesses, trustClient } from './throttling.ts'

/** Long enough for the reply to be out, however busy the isolate is, and never the same. */
const AFTER_REPLY_MS_MIN = 150
const AFTER_REPLY_MS_SPREAD = 150

/**
 * Does recovery's work in `waitUntil`, well after the reply: whether an address is known must show neither in the reply nor in
 * its time, and work begun at once competes with the reply that is on its way (measured: 17 ms against 9). When the process
 * dies in between, no letter is sent, and the person asks again.
 */
export async function afterTheReply(work: () => Promise<void>): Promise<void> {
  const delayMs = AFTER_REPLY_MS_MIN + Math.random() * AFTER_REPLY_MS_SPREAD
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  await work()
}

/** Mails the login id that belongs to an address, if one does. */
export async function mailLoginId(env: IdentityEnv, email: string): Promise<void> {
  const account = await accountByEmail(env.DB, email)
  if (!account) return
  const mail = writeMail(env, account, { kind: 'find_id', loginId: account.loginId }, nowMs())
  await mail.statement.run()
  await deliverMail(env, mail.id)
}

/** Mails a code to reset the password with, if the address has an account. */
export async function mailResetCode(env: IdentityEnv, email: string): Promise<void> {
  const account = await accountByEmail(env.DB, email)
  if (!account) return
  const atMs = nowMs()
  const { code, statement } = issueCode(env, 'reset_password', account.id, atMs)
  const mail = writeMail(env, account, { kind: 'reset_password', loginId: account.loginId, code }, atMs)
  await env.DB.batch([statement, mail.statement])
  await clearCodeGuesses(env, 'reset_password', email)
  await deliverMail(env, mail.id)
}

/** Mails a new code to a sign-up that waits; an address that has an account is told so instead. */
export async function mailNewCode(env: IdentityEnv, email: string): Promise<void> {
  const [account, waiting] = await Promise.all([
    accountByEmail(env.DB, email),
    waitingSignUp(env.DB, email, nowMs()),
  ])
  const atMs = nowMs()
  if (account) {
    const mail = writeMail(env, account, { kind: 'already_member', loginId: account.loginId }, atMs)
    await mail.statement.run()
    return await deliverMail(env, mail.id)
  }
  if (!waiting) return
  const { code, statement } = issueCode(env, 'verify_email', waiting.id, atMs)
  const mail = writeMail(env, waiting, { kind: 'verify_email', loginId: waiting.loginId, code }, atMs)
  await env.DB.batch([statement, mail.statement])
  await clearCodeGuesses(env, 'verify_email', email)
  await deliverMail(env, mail.id)
}

/**
 * Sets a new password by a mailed code and ends every session. Whoever read the code owns the address, so the device that
 * sent it is the owner's from now on, even while others are guessing.
 */
export async function resetPassword(
  env: IdentityEnv,
  request: z.infer<typeof ResetPasswordConfirmRequest>,
  client: Client,
): Promise<Result<{ afterReply: () => Promise<void> }>> {
  const { email, password } = request
  if (isWeakPassword(password, { email })) return refuse('PASSWORD_WEAK')
  const atMs = nowMs()
  const found = await findCode(env, 'reset_password', request, atMs)
  if (!found.ok) return found
  const holder = found.value
  // Only who holds the code learns that the password is built on the login id; the code stays good.
  if (isWeakPassword(password, holder)) return refuse('PASSWORD_WEAK')
  const hashed = await hashPassword(password)
  if (!hashed.ok) return hashed
  const mail = writeMail(env, holder, { kind: 'password_changed', loginId: holder.loginId }, atMs)
  const outcome = await runBatch(env.DB, [
    ...spendCode(env.DB, 'reset_password', holder),
    setPassword(env.DB, holder.memberId, hashed.value),
    assertChangedOne(env.DB),
    endAllSessions(env.DB, { memberId: holder.memberId, reason: 'password_reset', atMs }),
    mail.statement,
  ])
  if (outcome.kind === 'aborted') return refuse('CODE_WRONG')
  log('info', 'credentials reset, all devices signed out', { memberId: holder.memberId })
  return ok({
    afterReply: async () => {
      await Promise.all([
        clearCodeGuesses(env, 'reset_password', email),
        trustClient(env, holder, client),
        deliverMail(env, mail.id),
      ])
    },
  })
}
