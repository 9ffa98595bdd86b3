import type { EventOf } from '#contracts/events'
import type { ListingId, MemberId } from '#contracts/ids'
import { DAY_MS } from '#kit/clock'

/** Longer than an older fact can still be heard after a newer one. */
const REMEMBERED_MS = 8 * DAY_MS
const SWEPT_AT_ONCE = 200

type Watching = {
  listingId: ListingId
  memberId: MemberId
  why: 'wish' | 'chat'
  isWatching: boolean
  version: number
}

/** Begins or ends watching; what is older than what we know changes nothing, and a deleted listing has no watchers. */
export const noteWatching = (db: D1Database, watching: Watching, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO watchers (listing_id, member_id, why, is_watching, version, noted_at_ms)
SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM listings WHERE listing_id = ?1 AND is_deleted = 1)
ON CONFLICT (listing_id, member_id, why) DO UPDATE
SET is_watching = excluded.is_watching, version = excluded.version, noted_at_ms = excluded.noted_at_ms
WHERE excluded.version > watchers.version`,
    )
    .bind(
      ...[watching.listingId, watching.memberId, watching.why],
      ...[watching.isWatching ? 1 : 0, watching.version, atMs],
    )

export const dropWatchersOf = (db: D1Database, listingId: ListingId): D1PreparedStatement =>
  db.prepare('DELETE FROM watchers WHERE listing_id = ?').bind(listingId)

export const dropMember = (db: D1Database, memberId: MemberId): D1PreparedStatement =>
  db.prepare('DELETE FROM watchers WHERE member_id = ?').bind(memberId)

/** A listing as we know it: how it is called and the newest version we were told. */
export const readListing = (db: D1Database, id: ListingId) =>
  db
    .prepare('SELECT title, version FROM listings WHERE listing_id = ?')
    .bind(id)
    .first<{ title: string | null; version: number }>()

/** Keeps a listing's newest version; of listings nobody watches nothing is kept. */
export const noteListing = (
  db: D1Database,
  { data, version }: EventOf<'listing.changed'>,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO listings (listing_id, title, version, is_deleted, noted_at_ms)
SELECT ?1, ?2, ?3, 0, ?4 WHERE EXISTS (SELECT 1 FROM watchers WHERE listing_id = ?1)
ON CONFLICT (listing_id) DO UPDATE SET title = excluded.title, version = excluded.version, noted_at_ms = excluded.noted_at_ms
WHERE excluded.version > listings.version`,
    )
    .bind(data.id, data.title, version, atMs)

/** Learns how a listing is called from whoever speaks of it; what it was last called by itself stays. */
export const noteTitle = (db: D1Database, id: ListingId, title: string, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO listings (listing_id, title, version, is_deleted, noted_at_ms) VALUES (?, ?, 0, 0, ?)
ON CONFLICT (listing_id) DO UPDATE SET title = coalesce(listings.title, excluded.title)`,
    )
    .bind(id, title, atMs)

/** Nothing is told of it any more, also not what is heard late. */
export const noteDeleted = (
  db: D1Database,
  { data, version }: EventOf<'listing.deleted'>,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO listings (listing_id, title, version, is_deleted, noted_at_ms) VALUES (?, NULL, ?, 1, ?)
ON CONFLICT (listing_id) DO UPDATE SET version = max(version, excluded.version), is_deleted = 1, noted_at_ms = excluded.noted_at_ms`,
    )
    .bind(data.id, version, atMs)

/** Forgets who stopped watching, and listings nobody watches, once no older fact can come any more. */
export const sweepWatchers = (db: D1Database, atMs: number): D1PreparedStatement[] => [
  db.prepare('DELETE FROM watchers WHERE is_watching = 0 AND noted_at_ms < ?').bind(atMs - REMEMBERED_MS),
  db
    .prepare(
      `DELETE FROM listings WHERE listing_id IN (SELECT listing_id FROM listings l WHERE noted_at_ms < ?
  AND NOT EXISTS (SELECT 1 FROM watchers w WHERE w.listing_id = l.listing_id) ORDER BY noted_at_ms LIMIT ${SWEPT_AT_ONCE})`,
    )
    .bind(atMs - REMEMBERED_MS),
]
