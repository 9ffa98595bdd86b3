import { DAY_MS } from '#kit/clock'

/** Who sells which of these listings; the ones not on show are left out. */
export async function readSellers(db: D1Database, ids: string[]): Promise<Map<string, string>> {
  const { results } = await db
    .prepare(
      'SELECT id, seller_id AS sellerId FROM listings WHERE id IN (SELECT value FROM json_each(?)) AND listed = 1',
    )
    .bind(JSON.stringify(ids))
    .all<{ id: string; sellerId: string }>()
  return new Map(results.map(({ id, sellerId }) => [id, sellerId]))
}

/** Notes a batch of a tally as added; its second coming aborts on the key. */
export const startFlush = (
  db: D1Database,
  tally: string,
  sequence: number,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare('INSERT INTO tally_flushes (tally, sequence, flushed_at_ms) VALUES (?, ?, ?)')
    .bind(tally, sequence, atMs)

/** Adds the views of many listings in one statement. */
export const addViews = (db: D1Database, views: { id: string; views: number }[]): D1PreparedStatement[] =>
  views.length === 0
    ? []
    : [
        db
          .prepare(
            `UPDATE listings SET views = listings.views + CAST(added.looks AS INTEGER), counts_dirty = 1
FROM (SELECT value ->> 'id' AS id, value ->> 'views' AS looks FROM json_each(?)) added
WHERE listings.id = added.id AND listings.listed = 1`,
          )
          .bind(JSON.stringify(views)),
      ]

/** Longer than an alarm is retried. */
const FLUSHES_KEPT_MS = 2 * DAY_MS

export const sweepFlushes = (db: D1Database, atMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM tally_flushes WHERE flushed_at_ms < ?').bind(atMs - FLUSHES_KEPT_MS)
