import type { EventOf } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { Face } from './row.ts'

/** A member's face; null when nothing of theirs was ever here. */
export const readFace = (
  db: D1Database,
  memberId: MemberId,
): Promise<(Face & { withdrawnAtMs: number | null }) | null> =>
  db
    .prepare(
      `SELECT member_id AS memberId, nickname, photo_id AS photoId, withdrawn_at_ms AS withdrawnAtMs FROM faces WHERE member_id = ?`,
    )
    .bind(memberId)
    .first()

/** A face asked of identity; one that was heard meanwhile is newer and stays. */
export const keepAskedFace = (db: D1Database, face: Face): D1PreparedStatement =>
  db
    .prepare('INSERT OR IGNORE INTO faces (member_id, nickname, photo_id, version) VALUES (?, ?, ?, 0)')
    .bind(face.memberId, face.nickname, face.photoId)

/** A face heard of, kept when it is newer; also of members with nothing here yet, whose first one may be being asked for. */
export const keepHeardFace = (
  db: D1Database,
  { data, version }: EventOf<'member.profile_changed'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO faces (member_id, nickname, photo_id, version) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (member_id) DO UPDATE SET nickname = ?2, photo_id = ?3, version = ?4
WHERE excluded.version > faces.version AND faces.withdrawn_at_ms IS NULL`,
    )
    .bind(data.memberId, data.nickname, data.photoId, version)

/** What is left of a withdrawn member's face. */
const WITHDRAWN_NICKNAME = '떠난 이웃'

/** A withdrawal is final: the face goes at once, and nothing older or newer brings it back. */
export const keepWithdrawal = (
  db: D1Database,
  { data, version, at }: EventOf<'member.withdrawn'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO faces (member_id, nickname, photo_id, version, withdrawn_at_ms) VALUES (?1, ?2, NULL, ?3, ?4)
ON CONFLICT (member_id) DO UPDATE SET nickname = ?2, photo_id = NULL, version = max(version, ?3), withdrawn_at_ms = ?4
WHERE faces.withdrawn_at_ms IS NULL`,
    )
    .bind(data.memberId, WITHDRAWN_NICKNAME, version, at)
