import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { ListingId, MemberId } from '#contracts/ids'
import { assertChangedOne, prepared } from '#kit/d1'
import type { ListRow } from './card.rules.ts'
import { wishes } from './schema.ts'
import { stillHere } from './seller.store.ts'

/** Whose thing it is and whether this member wished it already; null when there is nothing to see. */
export const standingOf = (
  db: D1Database,
  memberId: MemberId,
  listingId: ListingId,
): Promise<{ sellerId: MemberId; title: string; wished: number } | null> =>
  db
    .prepare(
      `SELECT seller_id AS sellerId, title, EXISTS (SELECT 1 FROM wishes WHERE member_id = ?1 AND listing_id = ?2) AS wished
FROM listings WHERE id = ?2 AND listed = 1`,
    )
    .bind(memberId, listingId)
    .first()

/** A wish, if the thing is still on show; a second one aborts on the key, a vanished thing on the guard. */
export const addWish = (
  db: D1Database,
  memberId: MemberId,
  listingId: ListingId,
  atMs: number,
): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO wishes (member_id, listing_id, wished_at_ms)
SELECT ?1, id, ?2 FROM listings WHERE id = ?3 AND listed = 1 AND ${stillHere('?1')}`,
    )
    .bind(memberId, atMs, listingId),
  assertChangedOne(db),
]

export const dropWish = (db: D1Database, memberId: MemberId, listingId: ListingId): D1PreparedStatement =>
  prepared(
    db,
    drizzle(db)
      .delete(wishes)
      .where(and(eq(wishes.memberId, memberId), eq(wishes.listingId, listingId))),
  )

export async function readWishes(
  db: D1Database,
  memberId: MemberId,
  after: (string | number)[] | null,
  limit: number,
): Promise<(ListRow & { wishedAtMs: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT l.seq, l.id, l.seller_id AS sellerId, s.nickname, s.photo_id AS photoId, l.title, l.category, l.price,
  l.status, l.region, l.views, l.wishes, l.comments, l.chats, l.created_at_ms AS createdAtMs,
  l.bumped_at_ms AS bumpedAtMs, l.images -> '$[0]' AS cover, l.image_count AS imageCount, NULL AS squareMetres,
  w.wished_at_ms AS wishedAtMs
FROM wishes w INDEXED BY wishes_newest CROSS JOIN listings l ON l.id = w.listing_id AND l.listed = 1
JOIN sellers s ON s.member_id = l.seller_id
WHERE w.member_id = ?${after ? ' AND (w.wished_at_ms, w.listing_id) < (?, ?)' : ''}
ORDER BY w.wished_at_ms DESC, w.listing_id DESC LIMIT ?`,
    )
    .bind(memberId, ...(after ?? []), limit)
    .all<ListRow & { wishedAtMs: number }>()
  return results
}

export async function wishedAmong(
  db: D1Database,
  memberId: MemberId,
  ids: ListingId[],
): Promise<ListingId[]> {
  const { results } = await db
    .prepare(
      'SELECT listing_id AS id FROM wishes WHERE member_id = ? AND listing_id IN (SELECT value FROM json_each(?))',
    )
    .bind(memberId, JSON.stringify(ids))
    .all<{ id: ListingId }>()
  return results.map(({ id }) => id)
}
