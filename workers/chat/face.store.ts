import type { EventOf } from '#contracts/events'
import type { ImageId, MemberId, RoomId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { imageUrls } from '#contracts/media'

export type Face = { memberId: MemberId; nickname: string; photoId: ImageId | null }
export type FaceRow = Face & { withdrawnAtMs: number | null }

/** How a neighbour who left is called in the rooms that remain; identity calls them the same. */
const FAREWELL_NICKNAME = '떠난 이웃'

export const readFace = (db: D1Database, memberId: MemberId): Promise<FaceRow | null> =>
  db
    .prepare(
      `SELECT member_id AS memberId, nickname, photo_id AS photoId, withdrawn_at_ms AS withdrawnAtMs
FROM faces WHERE member_id = ?`,
    )
    .bind(memberId)
    .first()

const SHOWN = 'f.member_id AS memberId, f.nickname, f.photo_id AS photoId'
const sellerOf = ({ memberId, nickname, photoId }: Face): Seller => ({
  id: memberId,
  nickname,
  photo: photoId === null ? null : imageUrls(photoId),
})

/** The faces of these that were ever heard of. */
export async function readFaces(db: D1Database, memberIds: readonly MemberId[]): Promise<Seller[]> {
  const { results } = await db
    .prepare(`SELECT ${SHOWN} FROM faces f WHERE f.member_id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(memberIds))
    .all<Face>()
  return results.map(sellerOf)
}

/** Everybody's face in a room. */
export async function readMemberFaces(db: D1Database, roomId: RoomId): Promise<Seller[]> {
  const { results } = await db
    .prepare(
      `SELECT ${SHOWN} FROM memberships m CROSS JOIN faces f ON f.member_id = m.member_id WHERE m.room_id = ?`,
    )
    .bind(roomId)
    .all<Face>()
  return results.map(sellerOf)
}

/** A face that was asked for: what was heard meanwhile is newer. */
export const keepAskedFace = (db: D1Database, face: Face): D1PreparedStatement =>
  db
    .prepare('INSERT OR IGNORE INTO faces (member_id, nickname, photo_id, version) VALUES (?, ?, ?, 0)')
    .bind(face.memberId, face.nickname, face.photoId)

/** A face that was heard; an older one, or one of a member who left, changes nothing. */
export const keepHeardFace = (
  db: D1Database,
  { data, version }: EventOf<'member.joined' | 'member.profile_changed'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO faces (member_id, nickname, photo_id, version) VALUES (?, ?, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET nickname = excluded.nickname, photo_id = excluded.photo_id, version = excluded.version
WHERE version < excluded.version AND withdrawn_at_ms IS NULL`,
    )
    .bind(data.memberId, data.nickname, data.photoId, version)

/** A member who left has no face any more, in whatever order that is heard. */
export const keepWithdrawal = (
  db: D1Database,
  { data, version, at }: EventOf<'member.withdrawn'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO faces (member_id, nickname, photo_id, version, withdrawn_at_ms) VALUES (?, ?, NULL, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET nickname = excluded.nickname, photo_id = NULL,
  version = max(version, excluded.version), withdrawn_at_ms = excluded.withdrawn_at_ms`,
    )
    .bind(data.memberId, FAREWELL_NICKNAME, version, at)
