import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'

/** Tries of one way, the first included; together they last about as long as a push service's bad day. */
export const TRIES_MAX = 10
const RETRY_MS = 2 * SECOND_MS
const RETRY_MAX_MS = 30 * MINUTE_MS
/** A service that asks for more patience is asked again then all the same. */
const ASKED_MAX_MS = 6 * HOUR_MS

/** When to try again after `tries` failures before this one: longer each time, and never before the service asked for. */
export function retryAtOf(atMs: number, tries: number, askedMs: number | null): number {
  const backoffMs = Math.min(RETRY_MS * 2 ** tries, RETRY_MAX_MS)
  return atMs + Math.max(backoffMs, Math.min(askedMs ?? 0, ASKED_MAX_MS))
}
