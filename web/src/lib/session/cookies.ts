import type { Cookies } from '@sveltejs/kit'
import type { Session } from '#contracts/identity'

export const ACCESS_COOKIE = '__Host-madang_access'
export const REFRESH_COOKIE = '__Host-madang_refresh'
/** Tells identity that an owner signed in here before, so that they get in while others guess. Outlives the sign-out. */
export const DEVICE_COOKIE = '__Host-madang_device'
const DEVICE_COOKIE_SECONDS = 365 * 24 * 60 * 60
/** As long as identity keeps an unused session; it decides, the cookie only must not end sooner. */
const REFRESH_COOKIE_SECONDS = 30 * 24 * 60 * 60
/** The cookie ends a little before its token, so that nobody sends one that dies on the way. */
const ACCESS_MARGIN_SECONDS = 20

const HOST_ONLY = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const

/** Keeps the tokens out of reach of scripts. Written twice with the same session, it changes nothing. */
export function keepSession(cookies: Cookies, session: Session): void {
  const accessSeconds = Math.max(1, session.expiresIn - ACCESS_MARGIN_SECONDS)
  cookies.set(ACCESS_COOKIE, session.accessToken, { ...HOST_ONLY, maxAge: accessSeconds })
  cookies.set(REFRESH_COOKIE, session.refreshToken, { ...HOST_ONLY, maxAge: REFRESH_COOKIE_SECONDS })
  if (session.deviceToken === undefined) return
  cookies.set(DEVICE_COOKIE, session.deviceToken, { ...HOST_ONLY, maxAge: DEVICE_COOKIE_SECONDS })
}

export function dropSession(cookies: Cookies): void {
  cookies.delete(ACCESS_COOKIE, HOST_ONLY)
  cookies.delete(REFRESH_COOKIE, HOST_ONLY)
}
