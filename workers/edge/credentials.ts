import { bearerOf, type TokenHolder, verifyAccessToken } from '#kit/auth'
import type { EdgeEnv } from './env.ts'

export const ACCESS_COOKIE = '__Host-madang_access'
/** Set for a while after a member's own write, so that the cache is passed by and they read what they wrote. */
export const WROTE_COOKIE = '__Host-madang_wrote'

/** What else stands in the cookie is nobody's token, and may be nothing a header can carry. */
const TOKEN = /^[\w.-]+$/

/** How a request says who it is. Only a cookie is sent by a browser unasked, so only a cookie needs the Origin check. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'bearer'; token: string }
  | { kind: 'cookie'; token: string }

/** The credential of a request; an Authorization header goes before a cookie. */
export function credentialOf(headers: Headers, cookies: string | null): Credential {
  const bearer = bearerOf(headers)
  if (bearer !== null) return { kind: 'bearer', token: bearer }
  const cookie = cookieOf(cookies, ACCESS_COOKIE)
  return cookie === null || !TOKEN.test(cookie) ? { kind: 'none' } : { kind: 'cookie', token: cookie }
}

/** The holder of a credential, or null for a guest and for a token that is forged or over: needed only to count a look (decision 0019). */
export const holderOf = async (credential: Credential, env: EdgeEnv): Promise<TokenHolder | null> =>
  credential.kind === 'none' ? null : await verifyAccessToken(credential.token, () => env.IDENTITY_RPC.jwks())

/** One cookie's value of a Cookie header, or null. */
export function cookieOf(cookies: string | null, name: string): string | null {
  if (cookies === null) return null
  const start = cookies.startsWith(`${name}=`) ? 0 : cookies.indexOf(`; ${name}=`) + 2
  if (start === 1) return null
  const end = cookies.indexOf(';', start)
  return cookies.slice(start + name.length + 1, end < 0 ? undefined : end)
}

/** A write made with a cookie must come from a page of ours. */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin !== null) return origin === new URL(request.url).origin
  return request.headers.get('sec-fetch-site') === 'same-origin'
}
