import { DAY_MS } from '#kit/clock'

/** Longer than a fact can be told again (the platform's own inbox keeps its ids as long). */
const KEPT_MS = 8 * DAY_MS
const TABLES = [
  'CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY, handled_at_ms INTEGER NOT NULL) STRICT',
  'CREATE INDEX IF NOT EXISTS sources_age ON sources (handled_at_ms)',
  `CREATE TABLE IF NOT EXISTS read_marks (
  collapse_key TEXT PRIMARY KEY, up_to INTEGER NOT NULL, noted_at_ms INTEGER NOT NULL) STRICT`,
]

/** What was handled and what was seen elsewhere, kept so long that nothing which comes again or late is told. */
export class KnownStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const table of TABLES) sql.exec(table)
  }

  /** False when this source was handled before. */
  noteSource(source: string, atMs: number): boolean {
    const noted = this.#sql.exec(
      'INSERT OR IGNORE INTO sources (source, handled_at_ms) VALUES (?, ?) RETURNING 1 AS noted',
      ...[source, atMs],
    )
    return noted.toArray().length > 0
  }

  /** How far the member has read what collects under a key. A mark never goes back. */
  noteReadUpTo(collapseKey: string, upTo: number, atMs: number): void {
    this.#sql.exec(
      `INSERT INTO read_marks (collapse_key, up_to, noted_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (collapse_key) DO UPDATE SET up_to = max(up_to, excluded.up_to), noted_at_ms = excluded.noted_at_ms`,
      ...[collapseKey, upTo, atMs],
    )
  }

  /** Below any place when nothing of it was read. */
  readUpTo(collapseKey: string): number {
    const [mark] = this.#sql
      .exec<{ upTo: number }>('SELECT up_to AS upTo FROM read_marks WHERE collapse_key = ?', collapseKey)
      .toArray()
    return mark?.upTo ?? -1
  }

  prune(atMs: number): void {
    this.#sql.exec('DELETE FROM sources WHERE handled_at_ms < ?', atMs - KEPT_MS)
    this.#sql.exec('DELETE FROM read_marks WHERE noted_at_ms < ?', atMs - KEPT_MS)
  }
}
