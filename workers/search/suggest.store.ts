import type { Prefix } from './suggest.rules.ts'

/** Of a prefix many texts share, the heaviest of this many are offered: a typed third letter makes it precise. */
const SCANNED_MAX = 500
/** A search is shown to others only when at least two visitors made it. */
export const VISITORS_MIN = 2
const LAST_CHARACTER = '\u{10ffff}'

const SHOWN = `(kind = 'title' AND weight > 0 OR kind = 'query' AND weight >= ${VISITORS_MIN})`

/**
 * The heaviest texts with this prefix. One or two letters have an index in order of weight; longer ones scan a bounded range
 * of the letters' own index. Several rows may carry the same text (a title's word that was also searched).
 */
export function suggestionsWith(
  db: D1Database,
  { column, prefix }: Prefix,
  limit: number,
): D1PreparedStatement {
  const length = Array.from(prefix).length
  if (column === 'jamo' && length <= 2) {
    return db
      .prepare(
        `SELECT kind, text, weight FROM suggestions WHERE substr(jamo, 1, ${length}) = ?1 AND ${SHOWN}
         ORDER BY weight DESC LIMIT ?2`,
      )
      .bind(prefix, limit)
  }
  return db
    .prepare(
      `SELECT kind, text, weight FROM
         (SELECT kind, text, weight FROM suggestions WHERE ${column} >= ?1 AND ${column} < ?2 LIMIT ${SCANNED_MAX})
       WHERE ${SHOWN} ORDER BY weight DESC, text LIMIT ?3`,
    )
    .bind(prefix, prefix + LAST_CHARACTER, limit)
}

/** The searches most visitors made in the last day. */
export const popularTerms = (db: D1Database, limit: number): D1PreparedStatement =>
  db
    .prepare(
      `SELECT text FROM suggestions WHERE kind = 'query' AND weight >= ${VISITORS_MIN} ORDER BY weight DESC LIMIT ?1`,
    )
    .bind(limit)

export type Search = { term: string; visitor: string; jamo: string; initials: string; atMs: number }

/** Counts searches, once a visitor a term: the trigger on `searches` adds the weight only for a new row. */
export function countSearches(db: D1Database, made: readonly Search[]): D1PreparedStatement[] {
  const rows = JSON.stringify(made)
  return [
    db
      .prepare(
        `INSERT INTO suggestions (kind, text, jamo, initials, weight)
         SELECT 'query', value ->> 'term', value ->> 'jamo', value ->> 'initials', 0 FROM json_each(?1) WHERE true
         ON CONFLICT (kind, text) DO NOTHING`,
      )
      .bind(rows),
    db
      .prepare(
        `INSERT OR IGNORE INTO searches (term, visitor, at_ms)
         SELECT value ->> 'term', value ->> 'visitor', value ->> 'atMs' FROM json_each(?1)`,
      )
      .bind(rows),
  ]
}

/** Searches made before `beforeMs` count no more; terms nobody made since are gone. */
export const forgetSearches = (db: D1Database, beforeMs: number): D1PreparedStatement[] => [
  db.prepare('DELETE FROM searches WHERE at_ms < ?1').bind(beforeMs),
  db.prepare("DELETE FROM suggestions INDEXED BY suggestions_popular WHERE kind = 'query' AND weight = 0"),
]
