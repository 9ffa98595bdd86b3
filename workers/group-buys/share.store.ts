import type { GroupBuyId, MemberId } from '#contracts/ids'
import { assertChangedOne } from '#kit/d1'
import type { ShareRow } from './row.ts'

const SHARE = `s.member_id AS memberId, s.units, s.held, s.share, s.taken, s.vote, s.check_in_code AS checkInCode,
  s.checked_in_at_ms AS checkedInAtMs`

/** The parts of everybody in it, in the order they joined. */
export async function readShares(db: D1Database, id: GroupBuyId): Promise<ShareRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${SHARE} FROM shares s LEFT JOIN claims c ON c.group_buy_id = s.group_buy_id AND c.member_id = s.member_id
WHERE s.group_buy_id = ? ORDER BY c.joined_at_ms, s.member_id`,
    )
    .bind(id)
    .all<ShareRow>()
  return results
}

/** The parts as a receipt makes them; those of the receipt before it go, with their votes. */
export const replaceShares = (
  db: D1Database,
  id: GroupBuyId,
  shares: Pick<ShareRow, 'memberId' | 'units' | 'held' | 'share'>[],
): D1PreparedStatement[] => [
  db.prepare('DELETE FROM shares WHERE group_buy_id = ?').bind(id),
  db
    .prepare(
      `INSERT INTO shares (group_buy_id, member_id, units, held, share)
SELECT ?1, value ->> 'memberId', value ->> 'units', value ->> 'held', value ->> 'share' FROM json_each(?2)`,
    )
    .bind(id, JSON.stringify(shares)),
]

export const putVote = (
  db: D1Database,
  id: GroupBuyId,
  memberId: MemberId,
  agree: boolean,
): D1PreparedStatement[] => [
  db
    .prepare('UPDATE shares SET vote = ? WHERE group_buy_id = ? AND member_id = ?')
    .bind(agree ? 1 : 0, id, memberId),
  assertChangedOne(db),
]

/** A code for everybody, once: a second arrival finds them there. */
export const putCodes = (
  db: D1Database,
  id: GroupBuyId,
  codes: { memberId: MemberId; code: string }[],
): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE shares SET check_in_code = (SELECT value ->> 'code' FROM json_each(?2) WHERE value ->> 'memberId' = member_id)
WHERE group_buy_id = ?1 AND check_in_code IS NULL`,
    )
    .bind(id, JSON.stringify(codes))

export const putCheckIn = (
  db: D1Database,
  id: GroupBuyId,
  memberId: MemberId,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE shares SET checked_in_at_ms = ? WHERE group_buy_id = ? AND member_id = ? AND checked_in_at_ms IS NULL`,
    )
    .bind(atMs, id, memberId)

/** What was taken of a member; written twice with the same it changes nothing. */
export const putTaken = (
  db: D1Database,
  id: GroupBuyId,
  memberId: MemberId,
  taken: number,
): D1PreparedStatement =>
  db
    .prepare('UPDATE shares SET taken = ? WHERE group_buy_id = ? AND member_id = ? AND taken IS NULL')
    .bind(taken, id, memberId)
