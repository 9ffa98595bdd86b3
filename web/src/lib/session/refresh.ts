import type { Cookies } from '@sveltejs/kit'
import type { Session } from '#contracts/identity'
import { call, type Fetch } from '$lib/api/client.ts'
import { dropSession, keepSession, REFRESH_COOKIE } from './cookies.ts'
import { keepSuspended, suspendedUntilOf } from './suspended.ts'

export type Refreshed =
  | { kind: 'fresh'; accessToken: string }
  | { kind: 'ended' }
  | { kind: 'suspended' }
  | { kind: 'unknown' }

/**
 * Trades the refresh token for a new session. Two tabs at once are safe: identity answers the same successor for 10 s.
 * Only a 401 ends the session here, and a suspension, which the sign-in page then tells of; when identity cannot be asked the cookies stay, and the next request tries again.
 */
export async function refreshFromCookie(fetcher: Fetch, cookies: Cookies): Promise<Refreshed> {
  const refreshToken = cookies.get(REFRESH_COOKIE)
  if (refreshToken === undefined) return { kind: 'ended' }
  const reply = await call<Session>(fetcher, 'POST', '/auth/refresh', { body: { refreshToken } })
  if (reply.ok) {
    keepSession(cookies, reply.value)
    return { kind: 'fresh', accessToken: reply.value.accessToken }
  }
  const suspendedUntilMs = suspendedUntilOf(reply.trouble)
  if (suspendedUntilMs !== null) {
    dropSession(cookies)
    keepSuspended(cookies, suspendedUntilMs)
    return { kind: 'suspended' }
  }
  if (reply.trouble.kind !== 'refusal' || reply.trouble.problem.status !== 401) return { kind: 'unknown' }
  dropSession(cookies)
  return { kind: 'ended' }
}
