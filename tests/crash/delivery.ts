import { DatabaseSync } from 'node:sqlite'
import { d1File } from '../../scripts/d1-files.ts'
import { BUSY_MS } from './disk.ts'

/** What is left in the two databases after everything: what was told, what was heard, and what it did. */
export type Delivery = {
  told: { eventId: string; listingId: string; sent: boolean }[]
  heard: string[]
  found: { listingId: string; version: number }[]
  /** How often the index counted the word that only these listings have. */
  wordWeight: number
  deadLetters: number
}

/** Reads both databases' files; the platform may be running. */
export function readDelivery(stateDir: string, word: string): Delivery {
  const listings = new DatabaseSync(d1File(stateDir, 'madang-listings'), { readOnly: true, timeout: BUSY_MS })
  const search = new DatabaseSync(d1File(stateDir, 'madang-search'), { readOnly: true, timeout: BUSY_MS })
  const rows = (db: DatabaseSync, sql: string, ...params: string[]) => db.prepare(sql).all(...params)
  try {
    return {
      told: rows(
        listings,
        "SELECT id, event ->> 'aggregateId' AS listing, sent_at_ms IS NOT NULL AS sent FROM outbox WHERE type = 'listing.posted'",
      ).map((row) => ({ eventId: String(row.id), listingId: String(row.listing), sent: row.sent === 1 })),
      heard: rows(search, "SELECT event_id FROM inbox WHERE type = 'listing.posted'").map((row) =>
        String(row.event_id),
      ),
      found: rows(
        search,
        'SELECT docs.id, known.version FROM docs JOIN known ON known.listing_id = docs.id',
      ).map((row) => ({ listingId: String(row.id), version: Number(row.version) })),
      wordWeight: Number(
        rows(
          search,
          "SELECT coalesce(sum(weight), 0) AS weight FROM suggestions WHERE kind = 'title' AND text = ?",
          word,
        )[0]?.weight,
      ),
      deadLetters: Number(
        rows(search, 'SELECT count(*) AS n FROM dead_letters WHERE replayed_at_ms IS NULL')[0]?.n,
      ),
    }
  } finally {
    listings.close()
    search.close()
  }
}

/**
 * What is wrong with a delivery: a posting the API confirmed that is not told of, an event that is still waiting or was never
 * heard, a listing that cannot be found, an effect that happened twice. Nothing wrong: an empty list.
 */
export function wrongs(delivery: Delivery, confirmed: ReadonlySet<string>): string[] {
  const told = new Set(delivery.told.map(({ listingId }) => listingId))
  const heard = new Set(delivery.heard)
  const found = new Set(delivery.found.map(({ listingId }) => listingId))
  return [
    ...[...confirmed]
      .filter((id) => !told.has(id))
      .map((id) => `${id} was confirmed but its event was never written`),
    ...delivery.told.filter(({ sent }) => !sent).map(({ eventId }) => `${eventId} still waits in the outbox`),
    ...delivery.told
      .filter(({ eventId }) => !heard.has(eventId))
      .map(({ eventId }) => `${eventId} was never handled`),
    ...delivery.told
      .filter(({ listingId }) => !found.has(listingId))
      .map(({ listingId }) => `${listingId} cannot be found`),
    ...(told.size === delivery.told.length ? [] : ['a listing was told of twice']),
    ...(delivery.wordWeight === delivery.told.length
      ? []
      : [`the index counted the word ${delivery.wordWeight} times for ${delivery.told.length} listings`]),
    ...(delivery.deadLetters === 0 ? [] : [`${delivery.deadLetters} dead letters wait`]),
  ]
}
