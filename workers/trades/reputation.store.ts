import { z } from 'zod'
import type { MemberId } from '#contracts/ids'
import { Outcome, ReviewTag } from '#contracts/trades'

/** Tags are summed up over so many of the latest reviews; figures older than that say little of a neighbour today. */
const TAGGED_REVIEWS_MAX = 1_000

const Sums = z.object({
  sold: z.int(),
  bought: z.int(),
  reviews: z.int(),
  averageScore: z.number().nullable(),
})
const Tags = z.array(z.object({ tag: ReviewTag, count: z.int() }))
const Said = z.array(z.object({ outcome: Outcome, count: z.int() }))
export type Figures = z.infer<typeof Sums> & { tags: z.infer<typeof Tags>; said: z.infer<typeof Said> }

/** All that is public of a member's dealings, in one trip. Only reviews that are shown by now count. */
export async function readFigures(db: D1Database, memberId: MemberId, nowMs: number): Promise<Figures> {
  const [sums, tags, said] = await db.batch([
    db
      .prepare(
        `SELECT (SELECT count(*) FROM trades WHERE seller_id = ?1 AND state = 'completed') AS sold,
  (SELECT count(*) FROM trades WHERE buyer_id = ?1 AND state = 'completed') AS bought,
  count(*) AS reviews, avg(score) AS averageScore
FROM reviews WHERE subject_id = ?1 AND shows_at_ms <= ?2`,
      )
      .bind(memberId, nowMs),
    db
      .prepare(
        `SELECT tag.value AS tag, count(*) AS count FROM (
  SELECT tags FROM reviews WHERE subject_id = ? AND shows_at_ms <= ?
  ORDER BY shows_at_ms DESC, id DESC LIMIT ${TAGGED_REVIEWS_MAX}
) r, json_each(r.tags) tag GROUP BY tag.value ORDER BY count DESC, tag`,
      )
      .bind(memberId, nowMs),
    db
      .prepare(
        `SELECT outcome, count(*) AS count FROM (
  SELECT buyer_said AS outcome FROM appointments WHERE seller_id = ?1 AND buyer_said IS NOT NULL
  UNION ALL SELECT seller_said FROM appointments WHERE buyer_id = ?1 AND seller_said IS NOT NULL
) GROUP BY outcome`,
      )
      .bind(memberId),
  ])
  return { ...Sums.parse(sums?.results[0]), tags: Tags.parse(tags?.results), said: Said.parse(said?.results) }
}
