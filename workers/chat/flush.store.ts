import type { GroupBuyId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { RoomFlush } from '#do/chat-room/room.api'

export type FlushedRoom = {
  roomId: RoomId
  /** Null what only rooms of the other kind have. */
  listingId: ListingId | null
  sellerId: MemberId | null
  buyerId: MemberId | null
  groupBuyId: GroupBuyId | null
  title: string
  openedAtMs: number
  version: number
}

/** What a flush must know of its room, and which version the database has. */
export const readFlushed = (db: D1Database, roomId: RoomId): Promise<FlushedRoom | null> =>
  db
    .prepare(
      `SELECT id AS roomId, listing_id AS listingId, seller_id AS sellerId, buyer_id AS buyerId, group_buy_id AS groupBuyId,
  coalesce(listing ->> 'title', group_buy ->> 'title') AS title, opened_at_ms AS openedAtMs, version FROM rooms WHERE id = ?`,
    )
    .bind(roomId)
    .first()

/** A condition for every statement of a flush before the room's own: an older one changes nothing. */
export const isNewer = (roomParameter: string, versionParameter: string): string =>
  `EXISTS (SELECT 1 FROM rooms WHERE id = ${roomParameter} AND version < ${versionParameter})`

/** The room's own row; it stands last, since its version is what the others look at. */
export function projectRoom(db: D1Database, flush: RoomFlush, buyerWrote: boolean): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE rooms SET version = ?2, last_seq = ?3, last_message = ?4, buyer_wrote = max(buyer_wrote, ?5),
  state = iif(state = 'closed', 'closed', ?6), purge_at_ms = coalesce(purge_at_ms, ?7) WHERE id = ?1 AND version < ?2`,
    )
    .bind(
      flush.roomId,
      flush.version,
      flush.lastSeq,
      flush.lastMessage === null ? null : JSON.stringify(flush.lastMessage),
      buyerWrote ? 1 : 0,
      flush.state,
      flush.purgeAtMs,
    )
}

/** How everybody stands in the room, in one statement however many they are; a read mark never goes back. Who is none of it any more has no row. */
export function projectMembers(
  db: D1Database,
  { roomId, version, lastSeq, lastMessage, members }: RoomFlush,
  { openedAtMs }: FlushedRoom,
): D1PreparedStatement {
  const lastAtMs = lastMessage === null ? openedAtMs : Date.parse(lastMessage.at)
  return db
    .prepare(
      `UPDATE memberships SET last_at_ms = ?4, last_seq = ?5, last_read_seq = max(last_read_seq, j.value ->> 'lastReadSeq'),
  muted_until_ms = j.value ->> 'mutedUntilMs', left_at_ms = j.value ->> 'leftAtMs' FROM json_each(?3) j
WHERE member_id = j.value ->> 'memberId' AND room_id = ?1 AND ${isNewer('?1', '?2')}`,
    )
    .bind(roomId, version, JSON.stringify(members), lastAtMs, lastSeq)
}
