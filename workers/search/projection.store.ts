import { lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { EventOf, ListingSnapshot } from '#contracts/events'
import type { ListingId } from '#contracts/ids'
import { prepared } from '#kit/d1'
import { FIELD_AT, storedCardOf } from './card.rules.ts'
import { indexEntryOf, isFindable, seqOf, suggestionsOf } from './projection.rules.ts'
import { faces, known } from './schema.ts'

/**
 * Statements that bring the read model to what an event says. No handler reads first: each statement asks in SQL whether this
 * event is the newest of its listing, so that any order, any repetition and parallel deliveries end in the same state.
 */

type ListingEvent = EventOf<'listing.posted' | 'listing.changed'>

/** The listing as it is now: its old card, index entry and words go, the new ones come, unless something newer is known. */
export function putListing(db: D1Database, event: ListingEvent): D1PreparedStatement[] {
  const listing = event.data
  const newest = `EXISTS (SELECT 1 FROM known WHERE listing_id = ?1 AND heard_id = ?2)`
  const claim = db
    .prepare(
      `INSERT INTO known (listing_id, heard_id, version) VALUES (?1, ?2, ?3)
       ON CONFLICT (listing_id) DO UPDATE SET version = excluded.version, heard_id = excluded.heard_id
       WHERE known.version < excluded.version AND known.gone_at_ms IS NULL`,
    )
    .bind(listing.id, event.id, event.version)
  const gone = takeOut(db, listing.id, newest, [event.id])
  return [claim, ...gone, ...(isFindable(listing) ? bringIn(db, listing, event.id, newest) : [])]
}

/** The listing is gone for good: whatever is heard of it later, the tombstone in `known` stands. */
export function dropListing(db: D1Database, listingId: ListingId, atMs: number): D1PreparedStatement[] {
  const tombstone = db
    .prepare(
      `INSERT INTO known (listing_id, version, gone_at_ms) VALUES (?1, 0, ?2)
       ON CONFLICT (listing_id) DO UPDATE SET gone_at_ms = max(coalesce(known.gone_at_ms, 0), excluded.gone_at_ms)`,
    )
    .bind(listingId, atMs)
  return [tombstone, ...takeOut(db, listingId, '1 = 1', [])]
}

function takeOut(db: D1Database, listingId: string, when: string, params: string[]): D1PreparedStatement[] {
  const words = `SELECT value FROM docs, json_each(docs.words) WHERE docs.id = ?1`
  return [
    `UPDATE suggestions SET weight = max(weight - 1, 0) WHERE kind = 'title' AND text IN (${words}) AND ${when}`,
    `DELETE FROM suggestions WHERE kind = 'title' AND text IN (${words}) AND weight = 0 AND ${when}`,
    `DELETE FROM grams WHERE rowid = (SELECT seq FROM docs WHERE id = ?1) AND ${when}`,
    `DELETE FROM docs WHERE id = ?1 AND ${when}`,
  ].map((text) => db.prepare(text).bind(listingId, ...params))
}

function bringIn(
  db: D1Database,
  listing: ListingSnapshot,
  eventId: string,
  newest: string,
): D1PreparedStatement[] {
  const entry = indexEntryOf(listing)
  return [
    insertCard(db, listing, eventId, newest),
    freshenCards(db, 'id', listing.id),
    db
      .prepare(
        `INSERT INTO grams (rowid, title, body, initials, tags)
         SELECT seq, ?3, ?4, ?5, ?6 FROM docs WHERE id = ?1 AND ${newest}`,
      )
      .bind(listing.id, eventId, entry.title, entry.body, entry.initials, entry.tags),
    db
      .prepare(
        `INSERT INTO suggestions (kind, text, jamo, initials, weight)
         SELECT 'title', value ->> 'text', value ->> 'jamo', value ->> 'initials', 1 FROM json_each(?3) WHERE ${newest}
         ON CONFLICT (kind, text) DO UPDATE SET weight = weight + 1`,
      )
      .bind(listing.id, eventId, JSON.stringify(suggestionsOf(listing.title))),
  ]
}

/** Brings the newest counts and the seller's newest face into cards; writing them again changes nothing. */
const freshenCards = (db: D1Database, column: 'id' | 'seller_id', value: string): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE docs SET card = json_set(card,
         '$[${FIELD_AT.views}]', views, '$[${FIELD_AT.wishes}]', wishes,
         '$[${FIELD_AT.comments}]', comments, '$[${FIELD_AT.chats}]', chats,
         '$[${FIELD_AT.nickname}]', ${heardOr('seller_id', 0, FIELD_AT.nickname)}, '$[${FIELD_AT.photo}]', ${heardOr('seller_id', 1, FIELD_AT.photo)})
       WHERE ${column} = ?1`,
    )
    .bind(value)

/** What was heard of a face, which may be that there is no photo any more, or else what the card says; `member` is whose, in SQL. */
export const heardOr = (member: 'seller_id' | 'host_id', heard: number, shown: number): string =>
  `CASE WHEN EXISTS (SELECT 1 FROM faces WHERE member_id = ${member})
     THEN (SELECT seller ->> '$[${heard}]' FROM faces WHERE member_id = ${member}) ELSE card ->> '$[${shown}]' END`

/** Its `seq` is its own moment's, or the next free place; its counts are the ones heard, or else the snapshot's. */
function insertCard(
  db: D1Database,
  listing: ListingSnapshot,
  eventId: string,
  newest: string,
): D1PreparedStatement {
  const { counts, seller, location } = listing
  const counted = (column: string, param: number) =>
    `(SELECT CASE WHEN counts_version > 0 THEN ${column} ELSE ?${param} END FROM known WHERE listing_id = ?1)`
  return db
    .prepare(
      `INSERT INTO docs (id, seq, seller_id, card, words, price, lat, lng, views, wishes, comments, chats)
       SELECT ?1, CASE WHEN EXISTS (SELECT 1 FROM docs WHERE seq = ?3) THEN
           (SELECT taken.seq + 1 FROM docs AS taken WHERE taken.seq >= ?3
              AND NOT EXISTS (SELECT 1 FROM docs AS next WHERE next.seq = taken.seq + 1) ORDER BY taken.seq LIMIT 1)
         ELSE CAST(?3 AS INTEGER) END,
         ?4, ?5, ?6, ?7, ?8, ?9,
         ${counted('views', 10)}, ${counted('wishes', 11)}, ${counted('comments', 12)}, ${counted('chats', 13)}
       WHERE ${newest}`,
    )
    .bind(
      listing.id,
      eventId,
      seqOf(listing.bumpedAtMs),
      seller.id,
      JSON.stringify(storedCardOf(listing)),
      JSON.stringify(suggestionsOf(listing.title).map(({ text }) => text)),
      listing.price,
      location?.lat ?? null,
      location?.lng ?? null,
      counts.views,
      counts.wishes,
      counts.comments,
      counts.chats,
    )
}

/** Counters have a version of their own, and may be heard before their listing is. */
export function putCounts(db: D1Database, event: EventOf<'listing.counted'>): D1PreparedStatement[] {
  const { id, counts } = event.data
  const heard = drizzle(db)
    .insert(known)
    .values({ listingId: id, version: 0, countsVersion: event.version, ...counts })
    .onConflictDoUpdate({
      target: known.listingId,
      set: { countsVersion: event.version, ...counts },
      setWhere: sql`${known.countsVersion} < ${event.version}`,
    })
  const shown = db
    .prepare(
      `UPDATE docs SET (views, wishes, comments, chats) =
         (SELECT views, wishes, comments, chats FROM known WHERE listing_id = ?1) WHERE id = ?1`,
    )
    .bind(id)
  return [prepared(db, heard), shown, freshenCards(db, 'id', id)]
}

/** A member's face as it is now; every card of theirs shows it. */
export function putFace(db: D1Database, event: EventOf<'member.profile_changed'>): D1PreparedStatement[] {
  const { memberId, nickname, photoId } = event.data
  const face = { version: event.version, seller: JSON.stringify([nickname, photoId]) }
  const heard = drizzle(db)
    .insert(faces)
    .values({ memberId, ...face })
    .onConflictDoUpdate({
      target: faces.memberId,
      set: face,
      setWhere: sql`${faces.version} < ${event.version}`,
    })
  return [prepared(db, heard), freshenCards(db, 'seller_id', memberId)]
}

/** Forgets tombstones of listings that went before `beforeMs`: by then nothing old can arrive any more. */
export const sweepTombstones = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  prepared(db, drizzle(db).delete(known).where(lt(known.goneAtMs, beforeMs)))
