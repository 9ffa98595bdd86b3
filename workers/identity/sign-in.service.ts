import type { Result } from '#contracts/errors'
import type { Session } from '#contracts/identity'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import type { IdentityEnv } from './env.ts'
import { credentialsOf } from './member.store.ts'
import { verifyPassword } from './password-hash.ts'
import { openSession, sessionReply } from './session.service.ts'
import { refusedAsSuspended } from './suspension.service.ts'
import { assertNotSuspended } from './suspension.store.ts'
import { admitPasswordGuess, type Client, trustClient } from './throttling.ts'
import { randomToken } from './vault.ts'

export type SignedIn = { session: Session; afterReply: () => Promise<void> }

/**
 * Signs in by login id or address. A login nobody has costs the same look, the same throttle call and the same hash as a
 * known one, and is answered like a wrong password. Guesses are counted per login before they are looked at; a device or
 * network the owner used before has its own allowance, so that nobody can keep the owner out by guessing.
 */
export async function signIn(
  env: IdentityEnv,
  request: { login: string; password: string },
  caller: { client: Client; device: string },
): Promise<Result<SignedIn>> {
  const login = request.login.trim().toLowerCase().normalize('NFC')
  const known = await credentialsOf(env.DB, login)
  const admitted = await admitPasswordGuess(env, login, caller.client)
  if (!admitted.ok) return admitted
  const right = await verifyPassword(request.password, known?.passwordHash ?? null)
  if (!right.ok) return right
  if (known === null || !right.value) return refuse('CREDENTIALS_WRONG')
  if (known.state === 'pending') return refuse('EMAIL_UNVERIFIED')

  const atMs = nowMs()
  const opened = openSession(env.DB, known.id, caller.device, atMs)
  const outcome = await runBatch(env.DB, [assertNotSuspended(env.DB, known.id, atMs), ...opened.statements])
  // Said only to who knows the password: nobody else learns that the account is there, or suspended.
  if (outcome.kind === 'aborted')
    return (await refusedAsSuspended(env.DB, known.id)) ?? refuse('CREDENTIALS_WRONG')
  const deviceToken = caller.client.deviceToken ?? randomToken()
  const holder = { memberId: known.id, loginId: known.loginId, nickname: known.nickname, role: known.role }
  return ok({
    session: { ...(await sessionReply(env, holder, opened, atMs)), deviceToken },
    afterReply: () => trustClient(env, known, { ...caller.client, deviceToken }),
  })
}
