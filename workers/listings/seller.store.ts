import type { EventOf } from '#contracts/events'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import type { Face } from './card.rules.ts'

export type SellerRow = Face & { withdrawnAtMs: number | null }

/** A member's face and how many listings they have open; null when the member never posted or commented. */
export const readSeller = (
  db: D1Database,
  memberId: MemberId,
): Promise<(SellerRow & { open: number }) | null> =>
  db
    .prepare(
      `SELECT member_id AS memberId, nickname, photo_id AS photoId, withdrawn_at_ms AS withdrawnAtMs,
  (SELECT count(*) FROM listings INDEXED BY listings_open
    WHERE seller_id = ?1 AND deleted_at_ms IS NULL AND status <> 'sold') AS open
FROM sellers WHERE member_id = ?1`,
    )
    .bind(memberId)
    .first()

/** A condition for what a member may still write; a withdrawal that came between the look and the write stops it. */
export const stillHere = (memberParameter: string): string =>
  `NOT EXISTS (SELECT 1 FROM sellers WHERE member_id = ${memberParameter} AND withdrawn_at_ms IS NOT NULL)`

/** A face asked of identity; one that was heard meanwhile is newer and stays. */
export const keepAskedFace = (db: D1Database, face: Face, member: PublicMember): D1PreparedStatement =>
  db
    .prepare('INSERT OR IGNORE INTO sellers (member_id, nickname, photo_id, version) VALUES (?, ?, ?, 0)')
    .bind(member.id, face.nickname, face.photoId)

/**
 * A face heard of, kept when it is newer. Also of members with nothing here yet: otherwise a change heard while a first post
 * is asking for the face would be lost.
 */
export const keepHeardFace = (
  db: D1Database,
  { data, version }: EventOf<'member.profile_changed'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO sellers (member_id, nickname, photo_id, version) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (member_id) DO UPDATE SET nickname = ?2, photo_id = ?3, version = ?4
WHERE excluded.version > sellers.version AND sellers.withdrawn_at_ms IS NULL`,
    )
    .bind(data.memberId, data.nickname, data.photoId, version)

/** What is left of a withdrawn member's face. */
export const WITHDRAWN_NICKNAME = '떠난 이웃'

/** A withdrawal is final: the face goes at once, and nothing older or newer brings it back. */
export const keepWithdrawal = (
  db: D1Database,
  { data, version, at }: EventOf<'member.withdrawn'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO sellers (member_id, nickname, photo_id, version, withdrawn_at_ms) VALUES (?1, ?2, NULL, ?3, ?4)
ON CONFLICT (member_id) DO UPDATE SET nickname = ?2, photo_id = NULL, version = max(version, ?3), withdrawn_at_ms = ?4
WHERE sellers.withdrawn_at_ms IS NULL`,
    )
    .bind(data.memberId, WITHDRAWN_NICKNAME, version, at)
