import type { ListingId, MemberId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut, relay } from '#kit/outbox'
import type { ListingsEnv } from './env.ts'
import { deletedEvent } from './listing.service.ts'
import { removeListing } from './listing.store.ts'

/** Rows taken down in one batch, and rounds in one go; what is left has the next tick. */
const LISTINGS_A_ROUND = 20
const COMMENTS_A_ROUND = 200
const ROUNDS = 15
const MEMBERS_A_TICK = 20

/**
 * Takes down what a withdrawn member left on show, a bounded stretch at a time. Run twice it finds less to do. What a purchase has
 * set aside stays until that ends; the tick comes back for it.
 */
export async function clearWithdrawn(env: ListingsEnv, memberId: MemberId): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await listingsLeft(env.DB, memberId)
    const events = rows.map(({ id, version }) =>
      deletedEvent(id, memberId, version + 1, `withdrawn:${memberId}`),
    )
    const outcome = await runBatch(env.DB, [
      ...rows.flatMap(({ id, version }) => removeListing(env.DB, id, version, nowMs())),
      ...events.map((event) => outboxPut(env.DB, event)),
      ...clearTraces(env.DB, memberId),
      clearedWhenDone(env.DB, memberId),
    ])
    // Another sweep was here at the same time: it goes on with the rest.
    if (outcome.kind === 'aborted') return
    if (events.length > 0) await relay(env.DB, env, events)
    const isIdle = outcome.results.every(({ meta }) => meta.changes === 0)
    if (isIdle || outcome.results.at(-1)?.meta.changes === 1) return
  }
}

/** The tick's share: members whose clearing was cut off. */
export async function clearAllWithdrawn(env: ListingsEnv): Promise<number> {
  const { results } = await env.DB.prepare(
    'SELECT member_id AS memberId FROM sellers WHERE withdrawn_at_ms IS NOT NULL AND cleared_at_ms IS NULL LIMIT ?',
  )
    .bind(MEMBERS_A_TICK)
    .all<{ memberId: MemberId }>()
  for (const { memberId } of results) await clearWithdrawn(env, memberId)
  return results.length
}

async function listingsLeft(
  db: D1Database,
  memberId: MemberId,
): Promise<{ id: ListingId; version: number }[]> {
  const { results } = await db
    .prepare(
      'SELECT id, version FROM listings INDEXED BY listings_mine WHERE seller_id = ? AND deleted_at_ms IS NULL AND reserved_by_trade IS NULL LIMIT ?',
    )
    .bind(memberId, LISTINGS_A_ROUND)
    .all<{ id: ListingId; version: number }>()
  return results
}

/** Comments lose their words and keep their places (others' replies hang there); wishes go, and their counters with them. */
const clearTraces = (db: D1Database, memberId: MemberId): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE comments SET deleted_at_ms = ?, text = '' WHERE seq IN (
  SELECT seq FROM comments INDEXED BY comments_author WHERE author_id = ? AND deleted_at_ms IS NULL LIMIT ${COMMENTS_A_ROUND})`,
    )
    .bind(nowMs(), memberId),
  db
    .prepare(
      `DELETE FROM wishes WHERE member_id = ?1 AND listing_id IN (
  SELECT listing_id FROM wishes WHERE member_id = ?1 LIMIT ${COMMENTS_A_ROUND})`,
    )
    .bind(memberId),
]

const clearedWhenDone = (db: D1Database, memberId: MemberId): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE sellers SET cleared_at_ms = ?2 WHERE member_id = ?1
AND NOT EXISTS (SELECT 1 FROM listings WHERE seller_id = ?1 AND deleted_at_ms IS NULL)
AND NOT EXISTS (SELECT 1 FROM comments WHERE author_id = ?1 AND deleted_at_ms IS NULL)
AND NOT EXISTS (SELECT 1 FROM wishes WHERE member_id = ?1)`,
    )
    .bind(memberId, nowMs())
