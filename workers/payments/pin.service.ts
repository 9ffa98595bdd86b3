import { createHmac } from 'node:crypto'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { callWithin } from '#kit/call'
import { DAY_MS, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'
import { hashPin, verifyPin } from './pin.hash.ts'
import { isWeakPin, PIN_GUESSES } from './pin.rules.ts'
import { putPin, readPin } from './pin.store.ts'

/** identity hashes the password it is shown, behind others that wait for theirs. */
const PASSWORD_DEADLINE_MS = 10 * SECOND_MS
const RETRY_AFTER_SECONDS = 2
/** The one source that guesses at a PIN: whoever holds the member's token. */
const OWNER = ['owner']
/** The throttle knows the owner this long after a right PIN; who comes later is counted more strictly until then. */
const OWNER_KNOWN_MS = 90 * DAY_MS

/**
 * Whether this movement of money may go on: at once for who has set no PIN, otherwise with the right one. Counted before anyone looks
 * at it, so that a hundred guesses at once are a hundred.
 */
export async function requirePin(
  env: PaymentsEnv,
  memberId: MemberId,
  pin: string | undefined,
): Promise<Result<null>> {
  const stored = await readPin(env.DB, memberId)
  if (stored === null) return ok(null)
  if (pin === undefined) return refuse('PIN_REQUIRED')
  const throttle = throttleOf(env, memberId)
  const admission = await throttle.attempt(OWNER, PIN_GUESSES)
  if (!admission.admitted) {
    const retryAfterSeconds = Math.ceil(admission.retryAfterMs / SECOND_MS)
    return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds })
  }
  const right = await verifyPin(env.WALLET_SECRET, memberId, pin, stored)
  if (!right.ok) return right
  if (!right.value) return refuse('PIN_WRONG')
  await throttle.trust(OWNER, OWNER_KNOWN_MS)
  return ok(null)
}

/** Sets, changes or replaces a forgotten PIN; the account's password stands behind it. Run again it sets the same once more. */
export async function setPin(
  env: PaymentsEnv,
  ctx: CallContext,
  { memberId, pin, password, atMs }: { memberId: MemberId; pin: string; password: string; atMs: number },
): Promise<Result<null>> {
  if (isWeakPin(pin)) return refuse('PIN_WEAK', { errors: [{ path: 'pin', message: 'easy to guess' }] })
  const confirmed = await callWithin<Result<null>>(
    'identity.checkPassword',
    PASSWORD_DEADLINE_MS,
    async () => await env.IDENTITY.checkPassword(ctx, { memberId, password }),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  )
  if (!confirmed.ok) return confirmed
  const hash = await hashPin(env.WALLET_SECRET, memberId, pin)
  if (!hash.ok) return hash
  await putPin(env.DB, { memberId, hash: hash.value, atMs }).run()
  await throttleOf(env, memberId).trust(OWNER, OWNER_KNOWN_MS)
  return ok(null)
}

const throttleOf = (env: PaymentsEnv, memberId: MemberId) =>
  env.THROTTLE.getByName(
    createHmac('sha256', env.WALLET_SECRET).update(`throttle\n${memberId}`).digest('hex'),
  )
