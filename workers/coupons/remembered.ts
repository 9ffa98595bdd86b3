import { nowMs, SECOND_MS } from '#kit/clock'

/** From this age on one of those who ask reads anew. */
const FRESH_MS = SECOND_MS / 2
/** Older than this nobody is given it. */
const GOOD_MS = SECOND_MS
const KEPT_MAX = 500

type Kept<Value> = { value: Value; readAtMs: number; isBeingRead: boolean }

/**
 * What many requests of an isolate ask at the same time, kept for at most a second. Values are kept, never promises: a request that is
 * cut off would leave those who wait for its promise waiting for ever. Who is cut off while reading costs the others a read.
 */
export class Remembered<Value> {
  readonly #kept = new Map<string, Kept<Value>>()

  async get(name: string, read: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(name)
    const askedAtMs = nowMs()
    const age = askedAtMs - (kept?.readAtMs ?? 0)
    if (kept && (age < FRESH_MS || (age < GOOD_MS && kept.isBeingRead))) return kept.value
    if (kept) kept.isBeingRead = true
    const value = await read()
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(name, { value, readAtMs: askedAtMs, isBeingRead: false })
    return value
  }

  /** After a change made here. */
  forget(name: string): void {
    this.#kept.delete(name)
  }
}
