import type { DecisionId, MemberId } from '#contracts/ids'

/** A suspension by this decision; a second one of the same decision aborts on the key. */
export const insertSuspension = (
  db: D1Database,
  row: { decisionId: DecisionId; memberId: MemberId; atMs: number; untilMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'INSERT INTO suspensions (decision_id, member_id, suspended_at_ms, until_ms) VALUES (?, ?, ?, ?)',
    )
    .bind(row.decisionId, row.memberId, row.atMs, row.untilMs)

export const liftSuspensionOf = (
  db: D1Database,
  row: { decisionId: DecisionId; memberId: MemberId; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE suspensions SET lifted_at_ms = ? WHERE decision_id = ? AND member_id = ? AND lifted_at_ms IS NULL',
    )
    .bind(row.atMs, row.decisionId, row.memberId)

/** Until when a member is suspended; null when they are not. */
export const suspendedUntil = (db: D1Database, memberId: MemberId, atMs: number): Promise<number | null> =>
  db
    .prepare(
      'SELECT max(until_ms) AS untilMs FROM suspensions WHERE member_id = ? AND lifted_at_ms IS NULL AND until_ms > ?',
    )
    .bind(memberId, atMs)
    .first('untilMs')

/** Aborts the batch when the member is suspended: a session is never opened beside a suspension that came at the same moment. */
export const assertNotSuspended = (db: D1Database, memberId: MemberId, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO batch_guard (changed_one) SELECT NULL WHERE EXISTS (
         SELECT 1 FROM suspensions WHERE member_id = ? AND lifted_at_ms IS NULL AND until_ms > ?)`,
    )
    .bind(memberId, atMs)
