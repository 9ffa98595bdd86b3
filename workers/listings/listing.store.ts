import { and, eq, isNull, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { ListingId, MemberId, TradeId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import type { SaleFacts } from '#contracts/listings.api'
import { assertChangedOne, prepared } from '#kit/d1'
import type { Place, Statement } from '#kit/page'
import { CELL_LEVELS, cellOf, type Spot } from '#kit/place'
import { imagesJson, imagesOf, type ListingRow } from './card.rules.ts'
import { OPEN_LISTINGS_MAX } from './listing.rules.ts'
import { listings } from './schema.ts'
import { stillHere } from './seller.store.ts'

const [NEAR, MID, FAR] = CELL_LEVELS

const ROW = `l.seq, l.id, l.seller_id AS sellerId, s.nickname, s.photo_id AS photoId, l.title, l.category, l.price, l.status,
  l.region, l.views, l.wishes, l.comments, l.chats, l.created_at_ms AS createdAtMs, l.bumped_at_ms AS bumpedAtMs,
  l.images, l.description, l.lat_milli AS latMilli, l.lng_milli AS lngMilli, l.listed, l.version,
  l.updated_at_ms AS updatedAtMs, l.hidden_by_operator AS hiddenByOperator, l.sold_by_trade AS soldByTrade,
  l.reserved_by_trade AS reservedByTrade, l.reserved_until_ms AS reservedUntilMs`

/** A listing that is not deleted, with its seller's face: one statement by its key. */
export const readListing = (db: D1Database, id: ListingId): Promise<ListingRow | null> =>
  db
    .prepare(
      `SELECT ${ROW} FROM listings l JOIN sellers s ON s.member_id = l.seller_id WHERE l.id = ? AND l.deleted_at_ms IS NULL`,
    )
    .bind(id)
    .first()

/** Which trades sold these listings, deleted ones too. */
export async function readSales(db: D1Database, ids: ListingId[]): Promise<SaleFacts[]> {
  const { results } = await db
    .prepare(
      `SELECT id, sold_by_trade AS soldByTrade, max(updated_at_ms, coalesce(deleted_at_ms, 0)) AS changedAtMs
       FROM listings WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(ids))
    .all<SaleFacts>()
  return results
}

const SEQ_STEPS_A_MS = 2_048

/** A number of its own for a listing, later ones larger; below 2^53 until 2109. Two alike abort on the key, and are tried again. */
const newSeq = (atMs: number): number => atMs * SEQ_STEPS_A_MS + Math.floor(Math.random() * SEQ_STEPS_A_MS)

/** A new listing, unless its seller has too many open or has left: then no row, and the guard aborts the batch. */
export const insertListing = (db: D1Database, row: ListingRow): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO listings (id, seq, seller_id, title, category, price, status, listed, image_count, region, lat_milli, lng_milli,
  cell_near, cell_mid, cell_far, version, created_at_ms, bumped_at_ms, updated_at_ms, images, description)
SELECT ?1, ?19, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16, ?16, ?17, ?18
WHERE (SELECT count(*) FROM listings INDEXED BY listings_open
  WHERE seller_id = ?2 AND deleted_at_ms IS NULL AND status <> 'sold') < ${OPEN_LISTINGS_MAX}
  AND ${stillHere('?2')}`,
    )
    .bind(
      row.id,
      row.sellerId,
      row.title,
      row.category,
      row.price,
      row.status,
      row.listed,
      imagesOf(row.images).length,
      row.region,
      row.latMilli,
      row.lngMilli,
      ...cellsOf(spotOfRow(row)),
      row.version,
      row.createdAtMs,
      row.images,
      row.description,
      newSeq(row.createdAtMs),
    ),
  assertChangedOne(db),
]

/** Writes a changed row over the version before it; when that one is gone the guard aborts the batch. */
export function replaceListing(db: D1Database, row: ListingRow): D1PreparedStatement[] {
  const [cellNear, cellMid, cellFar] = cellsOf(spotOfRow(row))
  const images = imagesOf(row.images)
  const update = drizzle(db)
    .update(listings)
    .set({
      title: row.title,
      description: row.description,
      category: row.category,
      price: row.price,
      status: row.status,
      listed: row.listed,
      region: row.region,
      images: imagesJson(images),
      imageCount: images.length,
      latMilli: row.latMilli,
      lngMilli: row.lngMilli,
      cellNear,
      cellMid,
      cellFar,
      version: row.version,
      bumpedAtMs: row.bumpedAtMs,
      updatedAtMs: row.updatedAtMs,
      hiddenByOperator: row.hiddenByOperator,
      soldByTrade: row.soldByTrade,
      reservedByTrade: row.reservedByTrade,
      reservedUntilMs: row.reservedUntilMs,
    })
    .where(and(eq(listings.id, row.id), eq(listings.version, row.version - 1), isNull(listings.deletedAtMs)))
  return [prepared(db, update), assertChangedOne(db)]
}

/** Notes which trade a thing was sold by that its seller had marked as sold already; another trade's stays. */
export const noteTrade = (db: D1Database, id: ListingId, tradeId: TradeId): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE listings SET sold_by_trade = ? WHERE id = ? AND status = 'sold' AND sold_by_trade IS NULL AND deleted_at_ms IS NULL`,
    )
    .bind(tradeId, id)

/** Things whose purchase should have ended by now. */
export async function readOverdue(db: D1Database, atMs: number, limit: number): Promise<ListingId[]> {
  const { results } = await db
    .prepare(
      'SELECT id FROM listings WHERE reserved_until_ms <= ? AND deleted_at_ms IS NULL ORDER BY reserved_until_ms LIMIT ?',
    )
    .bind(atMs, limit)
    .all<{ id: ListingId }>()
  return results.map(({ id }) => id)
}

/** One more conversation about a thing; the counter is told with the others. */
export const countChat = (db: D1Database, id: ListingId): D1PreparedStatement =>
  db.prepare('UPDATE listings SET chats = chats + 1, counts_dirty = 1 WHERE id = ?').bind(id)

/** Takes a listing out of sight; its row stays a while for what refers to it, without its story and photos. */
export function removeListing(
  db: D1Database,
  id: ListingId,
  version: number,
  atMs: number,
): D1PreparedStatement[] {
  const update = drizzle(db)
    .update(listings)
    .set({
      deletedAtMs: atMs,
      listed: 0,
      version: sql`${listings.version} + 1`,
      images: '[]',
      imageCount: 0,
      description: '',
    })
    .where(and(eq(listings.id, id), eq(listings.version, version), isNull(listings.deletedAtMs)))
  return [prepared(db, update), assertChangedOne(db)]
}

/** A member's own things, the hidden ones too, newest first. */
export const mineStretch = (
  memberId: MemberId,
  status: ListingStatus | undefined,
  after: Place | null,
  limit: number,
): Statement => ({
  sql: `SELECT ${MINE} FROM listings l INDEXED BY listings_mine JOIN sellers s ON s.member_id = l.seller_id
WHERE l.seller_id = ? AND l.deleted_at_ms IS NULL${status ? ' AND l.status = ?' : ''}${
    after ? ' AND (l.bumped_at_ms, l.seq) < (?, ?)' : ''
  } ORDER BY l.bumped_at_ms DESC, l.seq DESC LIMIT ?`,
  binds: [memberId, ...(status ? [status] : []), ...(after ? [after.key, after.seq] : []), limit],
})

const MINE = `l.seq, l.id, l.seller_id AS sellerId, s.nickname, s.photo_id AS photoId, l.title, l.category, l.price, l.status,
  l.region, l.views, l.wishes, l.comments, l.chats, l.created_at_ms AS createdAtMs, l.bumped_at_ms AS bumpedAtMs,
  l.images -> '$[0]' AS cover, l.image_count AS imageCount, NULL AS squareMetres, l.bumped_at_ms AS key`

const GONE_KEPT_MS = 30 * 24 * 60 * 60 * 1000
const GONE_A_SWEEP = 100

/** What nobody can refer to any more: listings deleted a month ago, with their wishes and comments. */
export function sweepGone(db: D1Database, atMs: number): D1PreparedStatement[] {
  const gone =
    'SELECT id FROM listings WHERE deleted_at_ms IS NOT NULL AND deleted_at_ms < ?1 ORDER BY deleted_at_ms LIMIT ?2'
  const binds = [atMs - GONE_KEPT_MS, GONE_A_SWEEP]
  return [
    db.prepare(`DELETE FROM wishes WHERE listing_id IN (${gone})`).bind(...binds),
    db.prepare(`DELETE FROM comments WHERE listing_id IN (${gone})`).bind(...binds),
    db.prepare(`DELETE FROM listings WHERE id IN (${gone})`).bind(...binds),
  ]
}

const spotOfRow = ({ latMilli, lngMilli }: ListingRow): Spot | null =>
  latMilli === null || lngMilli === null ? null : { latMilli, lngMilli }

const cellsOf = (spot: Spot | null): [number | null, number | null, number | null] =>
  spot === null ? [null, null, null] : [cellOf(NEAR, spot), cellOf(MID, spot), cellOf(FAR, spot)]
