import { nowMs, SECOND_MS } from '#kit/clock'
import { countHits, type Exact, hasExact } from './find.store.ts'

/** Totals are exact up to here; beyond, the reply says `totalIsCapped`. Counting costs about 0.1 µs a hit. */
const TOTAL_CAP = 10_000
/** With a range of prices or a radius every hit's card must be looked at, ~10 times as dear. */
const TOTAL_CAP_WITH_EXACT_FILTERS = 1_000
/**
 * Up to here all hits are sorted (~1.5 µs each); beyond, the sort's own index is walked, where asking the index of one listing
 * costs ~350 µs but hits are dense. Both cost about the same at this many hits among 100,000 listings.
 */
export const SORTABLE_HITS = 20_000

/** Large totals change little and cost most: an isolate remembers them for a while. Small ones are always counted anew. */
const REMEMBERED_FROM = 1_000
const REMEMBERED_MS = 30 * SECOND_MS
const REMEMBERED_MAX = 500

const remembered = new Map<string, { total: number; untilMs: number }>()

export type Counting = { key: string; cap: number; statement: D1PreparedStatement }

/** The counting of a question: what it is remembered by, and how far it counts. */
export function countingOf(db: D1Database, match: string, exact: Exact): Counting {
  const cap = hasExact(exact) ? TOTAL_CAP_WITH_EXACT_FILTERS : TOTAL_CAP
  const key = JSON.stringify([match, exact.minPrice, exact.maxPrice, exact.near, exact.radiusKm])
  return { key, cap, statement: countHits(db, match, exact, cap) }
}

/** The counting of candidates for a sort, which looks at the index alone. */
export const candidatesOf = (db: D1Database, match: string): Counting => ({
  key: `candidates:${match}`,
  cap: SORTABLE_HITS + 1,
  statement: countHits(db, match, {}, SORTABLE_HITS + 1),
})

export function recallTotal(key: string): number | null {
  const known = remembered.get(key)
  return known !== undefined && known.untilMs > nowMs() ? known.total : null
}

export function rememberTotal(key: string, total: number): void {
  if (total < REMEMBERED_FROM) return
  if (remembered.size >= REMEMBERED_MAX) remembered.clear()
  remembered.set(key, { total, untilMs: nowMs() + REMEMBERED_MS })
}
