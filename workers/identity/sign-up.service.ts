import type { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { SignedUp, SignUpRequest, VerifyEmailRequest } from '#contracts/identity'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import type { Locale } from '#kit/problem'
import { ok, refuse } from '#kit/result'
import { findCode, issueCode } from './code.service.ts'
import { spendCode } from './code.store.ts'
import type { IdentityEnv } from './env.ts'
import { SIGN_UP_HELD_MS } from './limits.rules.ts'
import { writeMail } from './mail.service.ts'
import { type Account, accountByEmail, activate, heldNames, insertSignUp } from './member.store.ts'
import { isReservedLoginId, isReservedNickname, nicknameKeyOf } from './nickname.rules.ts'
import { isWeakPassword } from './password.rules.ts'
import { hashPassword } from './password-hash.ts'
import { type OpenedSession, openSession, type SessionHolder } from './session.service.ts'
import { admitLetter, type Client, clearCodeGuesses } from './throttling.ts'

export type SignUp = z.infer<typeof SignUpRequest>
type Reply = z.infer<typeof SignedUp>

/** Which of the two names are taken; reserved ones are. */
export async function namesTaken(
  env: IdentityEnv,
  names: { loginId?: string | undefined; nickname?: string | undefined },
  replacedEmail?: string,
): Promise<{ loginId: boolean; nickname: boolean }> {
  const { loginId, nickname } = names
  const nicknameKey = nickname === undefined ? undefined : nicknameKeyOf(nickname)
  const asker = { atMs: nowMs(), ...(replacedEmail === undefined ? {} : { replacedEmail }) }
  const held = await heldNames(env.DB, { loginId, nicknameKey }, asker)
  return {
    loginId: held.loginId || (loginId !== undefined && isReservedLoginId(loginId)),
    nickname: held.nickname || (nickname !== undefined && isReservedNickname(nickname)),
  }
}

/**
 * Starts an account that waits for its mailed code. An address that has an account already is answered, stored and held for
 * a day just like a fresh one: only the letter differs, and it goes to the owner. So the reply, the names that are taken
 * afterwards and a sign-in with the new password tell a stranger nothing about the address.
 */
export async function signUp(
  env: IdentityEnv,
  request: SignUp,
  caller: { client: Client; locale: Locale; completion: (reply: Reply) => D1PreparedStatement[] },
): Promise<Result<{ reply: Reply; mailId: string }>> {
  if (isWeakPassword(request.password, request)) return refuse('PASSWORD_WEAK')
  const taken = await namesTaken(env, request, request.email)
  if (taken.loginId) return refuse('LOGIN_ID_TAKEN')
  if (taken.nickname) return refuse('NICKNAME_TAKEN')
  const admitted = await admitLetter(env, request.email, caller.client)
  if (!admitted.ok) return admitted
  const [hashed, owner] = await Promise.all([
    hashPassword(request.password),
    accountByEmail(env.DB, request.email),
  ])
  if (!hashed.ok) return hashed

  const pending = beginPending(env, request, { owner, passwordHash: hashed.value, locale: caller.locale })
  const outcome = await runBatch(env.DB, [...pending.statements, ...caller.completion(pending.reply)])
  if (outcome.kind === 'aborted') return refuse(refusalOf(outcome.constraint))
  await clearCodeGuesses(env, 'verify_email', request.email)
  return ok({ reply: pending.reply, mailId: pending.mailId })
}

/** The waiting account, its code, and the letter to whoever has the address, as statements of one batch. */
function beginPending(
  env: IdentityEnv,
  { loginId, email, nickname }: SignUp,
  known: { owner: Account | null; passwordHash: string; locale: Locale },
): { reply: Reply; mailId: string; statements: D1PreparedStatement[] } {
  const { owner, passwordHash, locale } = known
  const atMs = nowMs()
  const id = newId('mem', atMs)
  const { code, statement: codePut } = issueCode(env, 'verify_email', id, atMs)
  const mail = owner
    ? writeMail(env, owner, { kind: 'already_member', loginId: owner.loginId }, atMs)
    : writeMail(env, { email, locale }, { kind: 'verify_email', loginId, code }, atMs)
  const expiresAtMs = atMs + SIGN_UP_HELD_MS
  const nicknameKey = nicknameKeyOf(nickname)
  const member = { id, loginId, email, nickname, nicknameKey, passwordHash, locale, atMs, expiresAtMs }
  return {
    reply: { member: { id, loginId, nickname } },
    mailId: mail.id,
    statements: [...insertSignUp(env.DB, member), codePut, mail.statement],
  }
}

/** Someone else was faster between the look and the batch. */
function refusalOf(constraint: string): 'LOGIN_ID_TAKEN' | 'NICKNAME_TAKEN' | 'REQUEST_IN_FLIGHT' {
  if (constraint === 'members.login_id') return 'LOGIN_ID_TAKEN'
  if (constraint === 'members.nickname_key') return 'NICKNAME_TAKEN'
  return 'REQUEST_IN_FLIGHT'
}

export type Joined = { holder: SessionHolder; session: OpenedSession; event: MadangEvent; atMs: number }

/** Confirms an address by its mailed code: the account, its first session and the fact that it joined are one batch. */
export async function verifyEmail(
  env: IdentityEnv,
  request: z.infer<typeof VerifyEmailRequest>,
  caller: { device: string; requestId: string },
): Promise<Result<Joined>> {
  const atMs = nowMs()
  const found = await findCode(env, 'verify_email', request, atMs)
  if (!found.ok) return found
  const { memberId, loginId, nickname, role } = found.value
  const session = openSession(env.DB, memberId, caller.device, atMs)
  const event = eventOf<'member.joined'>(
    {
      type: 'member.joined',
      aggregateId: memberId,
      version: 1,
      actorId: memberId,
      requestId: caller.requestId,
      data: { memberId, nickname, photoId: null },
    },
    atMs,
  )
  const outcome = await runBatch(env.DB, [
    ...spendCode(env.DB, 'verify_email', found.value),
    activate(env.DB, memberId, atMs),
    assertChangedOne(env.DB),
    ...session.statements,
    outboxPut(env.DB, event),
  ])
  // Another request with the same code was first, or the address got an account meanwhile.
  if (outcome.kind === 'aborted') return refuse('CODE_WRONG')
  return ok({ holder: { memberId, loginId, nickname, role }, session, event, atMs })
}
