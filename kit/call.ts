import { nowMs, SECOND_MS } from './clock.ts'
import { describeError, log } from './log.ts'

/** After this many failures in a row a callee is left alone for a while, so that its callers stay fast. */
const OPEN_AFTER_FAILURES = 5
const OPEN_FOR_MS = 5 * SECOND_MS

type Breaker = { failuresInARow: number; openUntilMs: number }
const breakers = new Map<string, Breaker>()

/**
 * Calls another domain with a deadline and a fallback named by the caller. A call past its deadline may still have its
 * effect, so whatever changes something carries an idempotency key in its context. `callee` names the breaker: "search.d1".
 */
export async function callWithin<Value>(
  callee: string,
  deadlineMs: number,
  call: () => Promise<Value>,
  fallback: () => Value | Promise<Value>,
): Promise<Value> {
  const breaker = breakerOf(callee)
  if (nowMs() < breaker.openUntilMs) return await fallback()
  try {
    const value = await withDeadline(call(), deadlineMs)
    breaker.failuresInARow = 0
    return value
  } catch (error) {
    noteFailure(callee, breaker, error)
    return await fallback()
  }
}

function breakerOf(callee: string): Breaker {
  const known = breakers.get(callee)
  if (known) return known
  const fresh = { failuresInARow: 0, openUntilMs: 0 }
  breakers.set(callee, fresh)
  return fresh
}

function noteFailure(callee: string, breaker: Breaker, error: unknown): void {
  breaker.failuresInARow += 1
  if (breaker.failuresInARow >= OPEN_AFTER_FAILURES) {
    breaker.openUntilMs = nowMs() + OPEN_FOR_MS
    breaker.failuresInARow = 0
  }
  log('warn', 'call failed, fallback taken', { callee, ...describeError(error) })
}

async function withDeadline<Value>(work: Promise<Value>, deadlineMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
