import type { MemberId } from '#contracts/ids'
import { assertChangedOne } from '#kit/d1'

/** A block; one that stands already aborts the batch on its key. */
export const insertBlock = (
  db: D1Database,
  memberId: MemberId,
  blockedId: MemberId,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare('INSERT INTO blocks (member_id, blocked_id, blocked_at_ms) VALUES (?, ?, ?)')
    .bind(memberId, blockedId, atMs)

/** The end of a block; where there is none the guard aborts. */
export const deleteBlock = (
  db: D1Database,
  memberId: MemberId,
  blockedId: MemberId,
): D1PreparedStatement[] => [
  db.prepare('DELETE FROM blocks WHERE member_id = ? AND blocked_id = ?').bind(memberId, blockedId),
  assertChangedOne(db),
]

export type BlockRow = { blockedId: MemberId; atMs: number }

/** Whom a member blocked, the latest first. */
export async function blocksOf(
  db: D1Database,
  memberId: MemberId,
  after: (string | number)[] | null,
  limit: number,
): Promise<BlockRow[]> {
  const { results } = await db
    .prepare(
      `SELECT blocked_id AS blockedId, blocked_at_ms AS atMs FROM blocks
       WHERE member_id = ?${after ? ' AND (blocked_at_ms, blocked_id) < (?, ?)' : ''}
       ORDER BY blocked_at_ms DESC, blocked_id DESC LIMIT ?`,
    )
    .bind(memberId, ...(after ?? []), limit)
    .all<BlockRow>()
  return results
}
