import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { popularTermOf } from './popular.rules.ts'
import { suggestKeysOf } from './suggest.rules.ts'
import { countSearches, forgetSearches, type Search } from './suggest.store.ts'

/** Searches wait this long in the isolate and are written together, so that a search costs no write of its own. */
const GATHER_MS = SECOND_MS
/** More than this in a second are not counted: popular terms are popular anyway. */
const GATHERED_MAX = 500

const gathered = new Map<string, Search>()

/**
 * Notes a search that found something. Returns what the caller must keep alive (`waitUntil`), or null when another request
 * already waits to write. An isolate that dies first loses a second of searches; nothing but the ranking notices.
 */
export function noteSearch(db: D1Database, query: string, visitor: string): Promise<void> | null {
  const term = popularTermOf(query)
  if (term === null || gathered.size >= GATHERED_MAX) return null
  const first = gathered.size === 0
  gathered.set(`${term}\n${visitor}`, { term, visitor, ...suggestKeysOf(term), atMs: nowMs() })
  return first ? writeSoon(db) : null
}

async function writeSoon(db: D1Database): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
  const made = [...gathered.values()]
  gathered.clear()
  try {
    await db.batch(countSearches(db, made))
  } catch (error) {
    log('warn', 'searches not counted', { searches: made.length, ...describeError(error) })
  }
}

/** Statements of the tick: what was searched a day ago counts no more. */
export const forgetOldSearches = (db: D1Database, atMs: number): D1PreparedStatement[] =>
  forgetSearches(db, atMs - DAY_MS)
