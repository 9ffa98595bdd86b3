import type { ListingId, MemberId, RoomId, TradeId } from '#contracts/ids'
import type { TradeState } from '#contracts/trades'
import { assertChangedOne } from '#kit/d1'

export type TradeRow = {
  id: TradeId
  listingId: ListingId
  title: string
  /** The first photo as JSON. */
  image: string | null
  price: number
  sellerId: MemberId
  buyerId: MemberId
  roomId: RoomId | null
  state: TradeState
  reopenWaiting: 0 | 1
  version: number
  createdAtMs: number
  completedAtMs: number | null
  /** Both sides' reviews as a JSON array, shown or not. */
  reviews: string
  /** Paid with the wallet, or closed by the seller's word. */
  kind: 'deal' | 'escrow'
  /** The purchase's money and decisions as JSON; null for a deal. */
  escrow: string | null
}

/** What is read of a trade `t`. The escrow is one object of two halves, since D1 takes 32 arguments of a function at most. */
export const ROW = `t.id, t.listing_id AS listingId, t.title, t.image, t.price, t.seller_id AS sellerId, t.buyer_id AS buyerId,
  t.room_id AS roomId, t.state, t.reopen_waiting AS reopenWaiting, t.version, t.created_at_ms AS createdAtMs,
  t.completed_at_ms AS completedAtMs,
  (SELECT json_group_array(json_object('id', r.id, 'role', r.role, 'score', r.score, 'tags', json(r.tags),
    'text', r.text, 'atMs', r.written_at_ms, 'showsAtMs', r.shows_at_ms)) FROM reviews r WHERE r.trade_id = t.id) AS reviews,
  t.kind, (SELECT rtrim(json_object('category', e.category, 'paid', e.paid, 'discount', e.discount, 'refunded', e.refunded,
    'couponId', e.coupon_id, 'couponTitle', e.coupon_title, 'intent', e.intent, 'ended', e.ended, 'endedBy', e.ended_by,
    'failure', e.failure, 'releaseAtMs', e.release_at_ms, 'noticed', e.noticed, 'heldUntilMs', e.held_until_ms,
    'handoverCode', e.handover_code, 'tries', e.tries), '}') || ',' || ltrim(json_object(
    'triedFromMs', e.tried_from_ms, 'dispute', json(e.dispute), 'retryKey', e.retry_key, 'dueAtMs', e.due_at_ms,
    'taken', e.taken, 'auditAtMs', e.audit_at_ms, 'frozenAtMs', e.frozen_at_ms, 'saleSeen', e.sale_seen,
    'refunds', json((SELECT json_group_array(json_object('id', f.id,
      'amount', f.amount, 'by', f.by, 'reason', f.reason, 'done', f.done, 'atMs', f.at_ms))
      FROM refunds f WHERE f.trade_id = t.id))), '{') FROM escrows e WHERE e.trade_id = t.id) AS escrow`

/**
 * What a history shows: what never came to be is in none, and of what was undone only what had been paid. Worded as in the indexes,
 * which only then serve.
 */
const IN_HISTORY = `(t.state IN ('paid', 'completed', 'disputed') OR (t.kind = 'escrow' AND t.state = 'cancelled'))`

export const readTrade = (db: D1Database, id: TradeId): Promise<TradeRow | null> =>
  db.prepare(`SELECT ${ROW} FROM trades t WHERE t.id = ?`).bind(id).first()

/** The trade a listing is or was last in; failed ones are as if they had never been. */
export const readLatestOf = (db: D1Database, listingId: ListingId): Promise<TradeRow | null> =>
  db
    .prepare(
      `SELECT ${ROW} FROM trades t WHERE t.listing_id = ? AND t.state <> 'failed' ORDER BY t.created_at_ms DESC LIMIT 1`,
    )
    .bind(listingId)
    .first()

/** One side's history, the newest first: one statement down one index. */
export async function readHistory(
  db: D1Database,
  side: 'seller' | 'buyer',
  memberId: MemberId,
  after: (string | number)[] | null,
  limit: number,
): Promise<TradeRow[]> {
  const beyond = after === null ? '' : 'AND (t.created_at_ms, t.id) < (?, ?)'
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM trades t WHERE t.${side}_id = ? AND ${IN_HISTORY} ${beyond}
ORDER BY t.created_at_ms DESC, t.id DESC LIMIT ?`,
    )
    .bind(memberId, ...(after ?? []), limit)
    .all<TradeRow>()
  return results
}

/** A new trade; a second one under way for the listing aborts on `trades.listing_id`. */
export const insertTrade = (db: D1Database, row: TradeRow): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO trades (id, listing_id, title, image, price, seller_id, buyer_id, room_id, state, version, created_at_ms, kind)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      row.id,
      row.listingId,
      row.title,
      row.image,
      row.price,
      row.sellerId,
      row.buyerId,
      row.roomId,
      row.state,
      row.version,
      row.createdAtMs,
      row.kind,
    )

/** Writes a changed row over the version before it; when that one is gone the guard aborts the batch. */
export const replaceTrade = (db: D1Database, row: TradeRow): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE trades SET title = ?, image = ?, price = ?, state = ?, reopen_waiting = ?, completed_at_ms = ?, version = ?
WHERE id = ? AND version = ?`,
    )
    .bind(
      row.title,
      row.image,
      row.price,
      row.state,
      row.reopenWaiting,
      row.completedAtMs,
      row.version,
      row.id,
      row.version - 1,
    ),
  assertChangedOne(db),
]

/** Listings has been told; the version stays, since nobody is told of this. */
export const clearReopen = (db: D1Database, id: TradeId): D1PreparedStatement =>
  db.prepare('UPDATE trades SET reopen_waiting = 0 WHERE id = ? AND reopen_waiting = 1').bind(id)

export const dropReviews = (db: D1Database, id: TradeId): D1PreparedStatement =>
  db.prepare('DELETE FROM reviews WHERE trade_id = ?').bind(id)

/** Trades whose request died between their row and listings' answer. */
export async function readStuck(db: D1Database, beforeMs: number, limit: number): Promise<TradeRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM trades t WHERE t.state = 'pending' AND t.kind = 'deal' AND t.created_at_ms < ? ORDER BY t.created_at_ms LIMIT ?`,
    )
    .bind(beforeMs, limit)
    .all<TradeRow>()
  return results
}

/** Undone trades whose listing may not be on sale again yet. */
export async function readToReopen(db: D1Database, limit: number): Promise<TradeRow[]> {
  const { results } = await db
    .prepare(`SELECT ${ROW} FROM trades t WHERE t.reopen_waiting = 1 ORDER BY t.created_at_ms LIMIT ?`)
    .bind(limit)
    .all<TradeRow>()
  return results
}

/** Trades that never came to be are kept a day, to be looked into. */
export const sweepFailed = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare("DELETE FROM trades WHERE state = 'failed' AND created_at_ms < ?").bind(beforeMs)
