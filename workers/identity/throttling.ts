import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Admission, GuessPolicy, Limit } from '#do/throttle/throttle.rules'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { IdentityEnv } from './env.ts'
import {
  ACCOUNT_WORK_FROM_ONE,
  CODE_GUESSES,
  KNOWN_SOURCE_MS,
  MAILS_TO_ONE,
  networkOf,
  PASSWORD_GUESSES,
} from './limits.rules.ts'
import { keyedHash } from './vault.ts'

/** How many decisions this isolate asked for; tests compare the work of answers that must look alike. */
export const throttleWork = { throttleCalls: 0 }

export type CodePurpose = 'verify_email' | 'reset_password'

/** Who asks, as far as limits are concerned. */
export type Client = { ip: string; deviceToken?: string | undefined }

/** May a stranger cause one more letter to `email`? Asked alike for addresses we know and do not know. */
export async function admitLetter(env: IdentityEnv, email: string, client: Client): Promise<Result<null>> {
  const [address, network] = await Promise.all([
    take(env, `mail:${email}`, MAILS_TO_ONE),
    take(env, `network:${networkOf(client.ip)}`, ACCOUNT_WORK_FROM_ONE),
  ])
  return admitted([address, network])
}

/** May one more code be tried for `email`? Counts before anyone looks at the code. */
export const admitCodeGuess = async (
  env: IdentityEnv,
  purpose: CodePurpose,
  email: string,
): Promise<Result<null>> => admitted([await take(env, `${purpose}:${email}`, CODE_GUESSES)])

/** A code was used or replaced: its successor has its own allowance. */
export const clearCodeGuesses = async (
  env: IdentityEnv,
  purpose: CodePurpose,
  email: string,
): Promise<void> => await throttle(env, `${purpose}:${email}`).clear()

/** May one more password be tried for a login (an id or address as typed, whether or not it is anybody's)? */
export async function admitPasswordGuess(
  env: IdentityEnv,
  login: string,
  client: Client,
): Promise<Result<null>> {
  return admitted([await attempt(env, `password:${login}`, sourcesOf(env, client), PASSWORD_GUESSES)])
}

/** May a signed-in member try their password once more, to confirm what they do? Nobody else can use this up. */
export const admitOwnPassword = async (
  env: IdentityEnv,
  memberId: MemberId,
  client: Client,
): Promise<Result<null>> =>
  admitted([await attempt(env, `confirm:${memberId}`, sourcesOf(env, client), PASSWORD_GUESSES)])

/** It was their password: what was tried from here before is forgotten. */
export const forgiveOwnPassword = async (
  env: IdentityEnv,
  memberId: MemberId,
  client: Client,
): Promise<void> => await throttle(env, `confirm:${memberId}`).trust(sourcesOf(env, client), KNOWN_SOURCE_MS)

/**
 * May another worker, for the signed-in member it serves, try their password once more? It does not say where they sit, so a member
 * has one count for all their devices; nobody else can use it up.
 */
export const admitAskedPassword = async (env: IdentityEnv, memberId: MemberId): Promise<Result<null>> =>
  admitted([await attempt(env, askedName(memberId), [ASKED_SOURCE], PASSWORD_GUESSES)])

/** It was their password: what was tried before is forgotten. */
export const forgiveAskedPassword = async (env: IdentityEnv, memberId: MemberId): Promise<void> =>
  await throttle(env, askedName(memberId)).trust([ASKED_SOURCE], KNOWN_SOURCE_MS)

const ASKED_SOURCE = 'worker'
const askedName = (memberId: MemberId): string => `asked:${memberId}`

/** The owner got in from here, by whichever of the account's two logins. */
export async function trustClient(
  env: IdentityEnv,
  { loginId, email }: { loginId: string; email: string },
  client: Client,
): Promise<void> {
  const sources = sourcesOf(env, client)
  await Promise.all(
    [loginId, email].map((login) => throttle(env, `password:${login}`).trust(sources, KNOWN_SOURCE_MS)),
  )
}

/** Most telling first: the token this device was given at an earlier sign-in, then the network it stands in. */
function sourcesOf(env: IdentityEnv, { ip, deviceToken }: Client): string[] {
  const device = deviceToken === undefined ? [] : [`device:${deviceToken}`]
  return [...device, `network:${networkOf(ip)}`].map((source) =>
    keyedHash(env.IDENTITY_SECRET, 'source', source),
  )
}

const take = (env: IdentityEnv, name: string, limit: Limit): Promise<Admission> =>
  throttle(env, name).take(limit)

const attempt = (
  env: IdentityEnv,
  name: string,
  sources: string[],
  policy: GuessPolicy,
): Promise<Admission> => throttle(env, name).attempt(sources, policy)

/** The object of one thing that is limited; its name says nothing about an address. */
function throttle(env: IdentityEnv, name: string) {
  throttleWork.throttleCalls += 1
  return env.THROTTLE.getByName(keyedHash(env.IDENTITY_SECRET, 'throttle', name))
}

function admitted(admissions: Admission[]): Result<null> {
  const waitMs = Math.max(...admissions.map((admission) => (admission.admitted ? 0 : admission.retryAfterMs)))
  return waitMs === 0
    ? ok(null)
    : refuse('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) })
}
