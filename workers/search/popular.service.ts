import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { popularTermOf } from './popular.rules.ts'
import { suggestKeysOf } from './suggest.rules.ts'
import { countSearches, forgetSearches, type Search } from './suggest.store.ts'

/** Searches wait this long in the isolate and are written together, so that a search costs no write of its own. */
const GATHER_MS = SECOND_MS
/** More than this in a second are not counted: popular terms are popular anyway. */
const GATHERED_MAX = 500

type Asked = { query: string; visitor: string; atMs: number }
const gathered = new Map<string, Asked>()

/**
 * Notes a search that found something. Returns what the caller must keep alive (`waitUntil`), or null when another request
 * already waits to write. What the query means as a term is worked out at the write, not in the way of the search. An isolate
 * that dies first loses a second of searches; nothing but the ranking notices.
 */
export function noteSearch(db: D1Database, query: string, visitor: string): Promise<void> | null {
  const key = `${query}\n${visitor}`
  if (gathered.has(key) || gathered.size >= GATHERED_MAX) return null
  const first = gathered.size === 0
  gathered.set(key, { query, visitor, atMs: nowMs() })
  return first ? writeSoon(db) : null
}

async function writeSoon(db: D1Database): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
  const made = searchesOf([...gathered.values()])
  gathered.clear()
  if (made.length === 0) return
  try {
    await db.batch(countSearches(db, made))
  } catch (error) {
    log('warn', 'searches not counted', { searches: made.length, ...describeError(error) })
  }
}

/** The searches that count, each term of a visitor once. */
function searchesOf(asked: Asked[]): Search[] {
  const searches = new Map<string, Search>()
  for (const { query, visitor, atMs } of asked) {
    const term = popularTermOf(query)
    if (term !== null) searches.set(`${term}\n${visitor}`, { term, visitor, ...suggestKeysOf(term), atMs })
  }
  return [...searches.values()]
}

/** Statements of the tick: what was searched a day ago counts no more. */
export const forgetOldSearches = (db: D1Database, atMs: number): D1PreparedStatement[] =>
  forgetSearches(db, atMs - DAY_MS)
