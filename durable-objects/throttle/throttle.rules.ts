/** A plain limit: so many in a window that starts with the first. */
export type Limit = { max: number; windowMs: number }

/** How guesses at one secret are slowed down. */
export type GuessPolicy = {
  /** All sources together that never got in before. */
  strangers: Limit
  /** What one source may try before it has to wait. */
  freeAttempts: number
  firstDelayMs: number
  delayMsMax: number
  /** A source that stays away this long starts afresh. */
  forgetAfterMs: number
}

export type Admission = { admitted: true } | { admitted: false; retryAfterMs: number }
export const ADMITTED: Admission = { admitted: true }

export type Counter = { count: number; windowEndsMs: number }
export type Source = { attempts: number; blockedUntilMs: number; forgetAtMs: number; knownUntilMs: number }

export const FRESH_SOURCE: Source = { attempts: 0, blockedUntilMs: 0, forgetAtMs: 0, knownUntilMs: 0 }

/** Takes one of the limit, or says how long to wait. What was refused is not counted: waiting always ends. */
export function takeOne(
  counter: Counter | null,
  limit: Limit,
  nowMs: number,
): { admission: Admission; counter: Counter } {
  const current =
    counter && counter.windowEndsMs > nowMs ? counter : { count: 0, windowEndsMs: nowMs + limit.windowMs }
  if (current.count >= limit.max) {
    return { admission: { admitted: false, retryAfterMs: current.windowEndsMs - nowMs }, counter: current }
  }
  return { admission: ADMITTED, counter: { ...current, count: current.count + 1 } }
}

/**
 * One more attempt of a source. It counts before anyone looks at the guess, so that a hundred at once are a hundred; a
 * success takes the count back.
 */
export function attemptFrom(
  source: Source,
  policy: GuessPolicy,
  nowMs: number,
): { admission: Admission; source: Source } {
  const current = source.forgetAtMs > nowMs ? source : { ...source, attempts: 0, blockedUntilMs: 0 }
  if (current.blockedUntilMs > nowMs) {
    return { admission: { admitted: false, retryAfterMs: current.blockedUntilMs - nowMs }, source: current }
  }
  const attempts = current.attempts + 1
  const blockedUntilMs = nowMs + delayAfter(attempts, policy)
  return {
    admission: ADMITTED,
    source: {
      ...current,
      attempts,
      blockedUntilMs,
      forgetAtMs: Math.max(blockedUntilMs, nowMs) + policy.forgetAfterMs,
    },
  }
}

/** 0 while attempts are free, then doubling from the first delay up to the longest. */
export function delayAfter(attempts: number, policy: GuessPolicy): number {
  const late = attempts - policy.freeAttempts
  if (late < 0) return 0
  return Math.min(policy.firstDelayMs * 2 ** Math.min(late, 40), policy.delayMsMax)
}
