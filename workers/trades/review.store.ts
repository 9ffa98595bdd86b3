import type { MemberId, TradeId } from '#contracts/ids'
import type { KeptReview } from './trade.view.rules.ts'

/** A new review; a side's second one aborts on `reviews.trade_id`. */
export const insertReview = (
  db: D1Database,
  review: KeptReview & { tradeId: TradeId; authorId: MemberId; subjectId: MemberId },
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO reviews (id, trade_id, author_id, subject_id, role, score, tags, text, written_at_ms, shows_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      review.id,
      review.tradeId,
      review.authorId,
      review.subjectId,
      review.role,
      review.score,
      JSON.stringify(review.tags),
      review.text,
      review.atMs,
      review.showsAtMs,
    )

/** Both wrote: what the first one wrote is shown from now on as well. */
export const showReviews = (db: D1Database, tradeId: TradeId, atMs: number): D1PreparedStatement =>
  db
    .prepare('UPDATE reviews SET shows_at_ms = ?2 WHERE trade_id = ?1 AND shows_at_ms > ?2')
    .bind(tradeId, atMs)

export type ShownReviewRow = Omit<KeptReview, 'tags'> & {
  tags: string
  tradeId: TradeId
  authorId: MemberId
  title: string
}

/** What others wrote of a member and was shown before a place in time, the latest first; `before` is never later than now. */
export async function readShown(
  db: D1Database,
  subjectId: MemberId,
  before: (string | number)[],
  limit: number,
): Promise<ShownReviewRow[]> {
  const { results } = await db
    .prepare(
      `SELECT r.id, r.role, r.score, r.tags, r.text, r.written_at_ms AS atMs, r.shows_at_ms AS showsAtMs,
  r.trade_id AS tradeId, r.author_id AS authorId, t.title
FROM reviews r JOIN trades t ON t.id = r.trade_id
WHERE r.subject_id = ? AND (r.shows_at_ms, r.id) < (?, ?)
ORDER BY r.shows_at_ms DESC, r.id DESC LIMIT ?`,
    )
    .bind(subjectId, ...before, limit)
    .all<ShownReviewRow>()
  return results
}
