import type { Cookies } from '@sveltejs/kit'
import type { Trouble } from '$lib/api/client.ts'
import { fullTime } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'

/** Carries to the sign-in page why the session ended: until when the member is suspended, as milliseconds. */
const SUSPENDED_COOKIE = '__Host-madang_suspended'
const SUSPENDED_COOKIE_SECONDS = 10 * 60
const HOST_ONLY = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const
const SECOND_MS = 1000

/** Until when a refusal says that its member is suspended; null for any other trouble. */
export function suspendedUntilOf(trouble: Trouble, nowMs = Date.now()): number | null {
  if (trouble.kind !== 'refusal' || trouble.problem.code !== 'MEMBER_SUSPENDED') return null
  return nowMs + (trouble.problem.retryAfterSeconds ?? 0) * SECOND_MS
}

export const suspendedWords = (untilMs: number) =>
  m.sign_in_suspended({ until: fullTime(new Date(untilMs).toISOString()) })

export const keepSuspended = (cookies: Cookies, untilMs: number): void =>
  cookies.set(SUSPENDED_COOKIE, String(untilMs), { ...HOST_ONLY, maxAge: SUSPENDED_COOKIE_SECONDS })

/** What the sign-in page says to who was put out a moment ago; empty for everyone else. */
export function suspendedNoteOf(cookies: Cookies): string {
  const untilMs = Number(cookies.get(SUSPENDED_COOKIE))
  return untilMs > Date.now() ? suspendedWords(untilMs) : ''
}
