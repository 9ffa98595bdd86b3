import { SECOND_MS } from '#kit/clock'
import { type Exact, hasExact } from './find.rules.ts'
import type { Count } from './find.store.ts'

/** Totals are exact up to here; beyond, the reply says `totalIsCapped`. Counting costs about 0.1 µs a hit. */
const TOTAL_CAP = 10_000
/** With a range of prices or a radius every hit's row must be looked at, ~10 times as dear. */
const TOTAL_CAP_WITH_EXACT_FILTERS = 1_000
/**
 * Up to here all hits are sorted (~1.5 µs each); beyond, the sort's own index is walked, where asking the index of one listing
 * costs ~350 µs but hits are dense. Both cost about the same at this many hits among 100,000 listings.
 */
export const SORTABLE_HITS = 20_000

/** The total of a question, as far as it is counted. */
export const totalOf = (match: string, exact: Exact): Count => ({
  match,
  exact,
  cap: hasExact(exact) ? TOTAL_CAP_WITH_EXACT_FILTERS : TOTAL_CAP,
})

/** The number of candidates for a sort, which the index alone can tell. */
export const candidatesOf = (match: string): Count => ({ match, exact: {}, cap: SORTABLE_HITS + 1 })

/**
 * Totals are the dearest part of a search and change little when they are large: an isolate remembers them for a while, the
 * larger the longer. Small ones are always counted anew.
 */
const REMEMBERED: readonly { from: number; forMs: number }[] = [
  { from: 1_000, forMs: 30 * SECOND_MS },
  { from: 100, forMs: 5 * SECOND_MS },
]
const REMEMBERED_MAX = 1_000

const remembered = new Map<string, { total: number; untilMs: number }>()

// Group buys are always asked for by tags that no listing has, so the two share one memory.
const keyOf = ({ match, exact, cap }: Count): string =>
  JSON.stringify([match, cap, exact.minPrice, exact.maxPrice, exact.near, exact.radiusKm])

export function recallTotal(count: Count, nowMs: number): number | null {
  const known = remembered.get(keyOf(count))
  return known !== undefined && known.untilMs > nowMs ? known.total : null
}

export function rememberTotal(count: Count, total: number, nowMs: number): void {
  const memory = REMEMBERED.find(({ from }) => total >= from)
  if (memory === undefined) return
  if (remembered.size >= REMEMBERED_MAX) remembered.clear()
  remembered.set(keyOf(count), { total, untilMs: nowMs + memory.forMs })
}
