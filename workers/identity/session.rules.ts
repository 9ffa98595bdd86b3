import { DAY_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'

export const ACCESS_TOKEN_MS = 15 * MINUTE_MS
/** A session ends this long after sign-in, however busy it was. */
export const SESSION_ABSOLUTE_MS = 60 * DAY_MS
/** … and this long after its last refresh. */
export const SESSION_IDLE_MS = 14 * DAY_MS
/** Two tabs, or a reply lost on the way: the token before may be shown again this long, and gets the same successor. */
export const REFRESH_GRACE_MS = 10 * SECOND_MS
/** The least recently used one goes when there are more. */
export const SESSIONS_MAX = 20

/** A presented refresh token as the database knows it, with its session. */
export type PresentedToken = {
  spentAtMs: number | null
  session: { endedAtMs: number | null; idleExpiresAtMs: number; expiresAtMs: number }
}

export type RefreshDecision =
  /** It is the head: spend it. */
  | 'rotate'
  /** Spent a moment ago: give its successor again. */
  | 'repeat'
  /** Spent long ago: two parties hold this family, so nobody keeps it. */
  | 'reused'
  | 'ended'

/** What a presented refresh token earns. A session that is over earns nothing, whatever the token. */
export function decideRefresh(token: PresentedToken | null, nowMs: number): RefreshDecision {
  if (token === null || !isLive(token.session, nowMs)) return 'ended'
  if (token.spentAtMs === null) return 'rotate'
  return nowMs - token.spentAtMs <= REFRESH_GRACE_MS ? 'repeat' : 'reused'
}

/** Whether a session can still be refreshed. */
export const isLive = (session: PresentedToken['session'], nowMs: number): boolean =>
  session.endedAtMs === null && session.idleExpiresAtMs > nowMs && session.expiresAtMs > nowMs

/** Until when a session lives that is used now. */
export const idleExpiryOf = (nowMs: number, expiresAtMs: number): number =>
  Math.min(nowMs + SESSION_IDLE_MS, expiresAtMs)

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bWhale\//, 'Whale'],
  [/\bKAKAOTALK\b/, 'KakaoTalk'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
const DEVICE_LENGTH_MAX = 60

/** A device in words a member recognises: "Chrome · Android". Nothing of an unknown agent is kept but its first word. */
export function deviceOf(userAgent: string | undefined): string {
  const agent = userAgent ?? ''
  const found = [BROWSERS, SYSTEMS].flatMap(
    (names) => names.find(([pattern]) => pattern.test(agent))?.[1] ?? [],
  )
  return found.length > 0
    ? found.join(' · ')
    : (/^[\w.-]+/.exec(agent)?.[0] ?? '?').slice(0, DEVICE_LENGTH_MAX)
}
