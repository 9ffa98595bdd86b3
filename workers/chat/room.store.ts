import type { RoomListing } from '#contracts/chat'
import type { EventOf } from '#contracts/events'
import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import type { ListingRoomRow, RoomRow } from './room.rules.ts'

export const COLUMNS = `r.id, r.kind, r.listing_id AS listingId, r.seller_id AS sellerId, r.buyer_id AS buyerId, r.listing,
  r.group_buy_id AS groupBuyId, r.host_id AS hostId, r.group_buy AS groupBuy, r.member_count AS memberCount,
  r.first_members AS firstMembers, r.state,
  r.last_message AS lastMessage, r.opened_at_ms AS openedAtMs, r.purge_at_ms AS purgeAtMs, r.buyer_wrote AS buyerWrote,
  m.member_id AS memberId, m.peer_id AS peerId, m.last_at_ms AS lastAtMs, m.last_seq AS lastSeq,
  m.last_read_seq AS lastReadSeq, m.muted_until_ms AS mutedUntilMs,
  f.nickname, f.photo_id AS photoId, f.withdrawn_at_ms AS withdrawnAtMs,
  EXISTS (SELECT 1 FROM blocks WHERE member_id = m.member_id AND blocked_id = m.peer_id AND is_blocked = 1) AS blockedByMe,
  EXISTS (SELECT 1 FROM blocks WHERE member_id = m.peer_id AND blocked_id = m.member_id AND is_blocked = 1) AS blockedByPeer`
const BESIDE = 'CROSS JOIN rooms r ON r.id = m.room_id LEFT JOIN faces f ON f.member_id = m.peer_id'

/** A room as this member sees it, left or not; null when they are not in it. */
export const readRoom = (db: D1Database, memberId: MemberId, roomId: RoomId): Promise<RoomRow | null> =>
  db
    .prepare(`SELECT ${COLUMNS} FROM memberships m ${BESIDE} WHERE m.member_id = ? AND m.room_id = ?`)
    .bind(memberId, roomId)
    .first()

/** Whether there is a room of this id, whoever's it is. */
export const isRoom = async (db: D1Database, roomId: RoomId): Promise<boolean> =>
  (await db.prepare('SELECT 1 FROM rooms WHERE id = ?').bind(roomId).first()) !== null

/** The room of this buyer about this listing, as the buyer sees it. */
export const readRoomOf = (
  db: D1Database,
  listingId: ListingId,
  buyerId: MemberId,
): Promise<ListingRoomRow | null> =>
  db
    .prepare(
      `SELECT ${COLUMNS} FROM rooms r CROSS JOIN memberships m ON m.member_id = r.buyer_id AND m.room_id = r.id
LEFT JOIN faces f ON f.member_id = m.peer_id WHERE r.listing_id = ? AND r.buyer_id = ?`,
    )
    .bind(listingId, buyerId)
    .first()

export type ListQuery = {
  memberId: MemberId
  listingId: ListingId | null
  after: (string | number)[] | null
  limit: number
}

/** A page of a member's rooms, the latest first: one query, whatever they have. */
export const listQuery = (query: ListQuery): { sql: string; binds: (string | number)[] } => {
  const { memberId, listingId, after, limit } = query
  const index = listingId === null ? 'memberships_list' : 'memberships_listing'
  const about = listingId === null ? '' : ' AND m.listing_id = ?'
  const older = after === null ? '' : ' AND (m.last_at_ms, m.room_id) < (?, ?)'
  return {
    sql: `SELECT ${COLUMNS} FROM memberships m INDEXED BY ${index} ${BESIDE}
WHERE m.member_id = ?${about} AND m.left_at_ms IS NULL${older} ORDER BY m.last_at_ms DESC, m.room_id DESC LIMIT ?`,
    binds: [memberId, ...(listingId === null ? [] : [listingId]), ...(after ?? []), limit],
  }
}

export async function readRooms(db: D1Database, query: ListQuery): Promise<RoomRow[]> {
  const { sql, binds } = listQuery(query)
  const { results } = await db
    .prepare(sql)
    .bind(...binds)
    .all<RoomRow>()
  return results
}

export const readUnread = (
  db: D1Database,
  memberId: MemberId,
): Promise<{ rooms: number; messages: number } | null> =>
  db
    .prepare(
      `SELECT count(*) AS rooms, coalesce(sum(last_seq - last_read_seq), 0) AS messages
FROM memberships INDEXED BY memberships_unread WHERE member_id = ? AND left_at_ms IS NULL AND last_read_seq < last_seq`,
    )
    .bind(memberId)
    .first()

export const isBlockedBetween = async (db: D1Database, one: MemberId, other: MemberId): Promise<boolean> =>
  (await db
    .prepare(
      'SELECT 1 FROM blocks WHERE is_blocked = 1 AND ((member_id = ?1 AND blocked_id = ?2) OR (member_id = ?2 AND blocked_id = ?1))',
    )
    .bind(one, other)
    .first()) !== null

export type NewRoom = {
  id: RoomId
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  listing: RoomListing
  openedAtMs: number
}

/** A new room; a second one of the pair aborts on the key. Followed by a guard: a listing that just went writes nothing. */
export const insertRoom = (db: D1Database, room: NewRoom): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO rooms (id, listing_id, seller_id, buyer_id, listing, listing_version, state, opened_at_ms)
SELECT ?1, ?2, ?3, ?4, ?5, 0, 'open', ?6 WHERE NOT EXISTS (SELECT 1 FROM gone_listings WHERE listing_id = ?2)
  AND NOT EXISTS (SELECT 1 FROM faces WHERE member_id IN (?3, ?4) AND withdrawn_at_ms IS NOT NULL)`,
    )
    .bind(room.id, room.listingId, room.sellerId, room.buyerId, JSON.stringify(room.listing), room.openedAtMs)

export const insertMemberships = (db: D1Database, room: NewRoom): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO memberships (member_id, room_id, peer_id, listing_id, last_at_ms)
VALUES (?1, ?3, ?2, ?4, ?5), (?2, ?3, ?1, ?4, ?5)`,
    )
    .bind(room.sellerId, room.buyerId, room.id, room.listingId, room.openedAtMs)

/** What a member just did, so that their next look shows it; the room's flush brings the same a moment later. */
export const markReturned = (db: D1Database, memberId: MemberId, roomId: RoomId): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE memberships SET left_at_ms = NULL WHERE member_id = ? AND room_id = ? AND left_at_ms IS NOT NULL',
    )
    .bind(memberId, roomId)

export const markLeft = (
  db: D1Database,
  memberId: MemberId,
  roomId: RoomId,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare('UPDATE memberships SET left_at_ms = ? WHERE member_id = ? AND room_id = ?')
    .bind(atMs, memberId, roomId)

export const markMuted = (
  db: D1Database,
  memberId: MemberId,
  roomId: RoomId,
  untilMs: number | null,
): D1PreparedStatement =>
  db
    .prepare('UPDATE memberships SET muted_until_ms = ? WHERE member_id = ? AND room_id = ?')
    .bind(untilMs, memberId, roomId)

export const markRead = (
  db: D1Database,
  memberId: MemberId,
  roomId: RoomId,
  seq: number,
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE memberships SET last_read_seq = max(last_read_seq, ?) WHERE member_id = ? AND room_id = ?',
    )
    .bind(seq, memberId, roomId)

/** The listing's card as it is now, in every room about it; an older fact changes nothing. */
export const showListing = (
  db: D1Database,
  listing: RoomListing,
  event: EventOf<'listing.changed'>,
): D1PreparedStatement =>
  db
    .prepare('UPDATE rooms SET listing = ?, listing_version = ? WHERE listing_id = ? AND listing_version < ?')
    .bind(JSON.stringify(listing), event.version, listing.id, event.version)

/** The end of a listing: its rooms close and go for good at `purgeAtMs`. */
export const closeRoomsAbout = (
  db: D1Database,
  listingId: ListingId,
  version: number,
  atMs: number,
  purgeAtMs: number,
): D1PreparedStatement[] => [
  db
    .prepare('INSERT OR IGNORE INTO gone_listings (listing_id, gone_at_ms) VALUES (?, ?)')
    .bind(listingId, atMs),
  db
    .prepare(
      `UPDATE rooms SET listing = json_set(listing, '$.status', 'deleted'), listing_version = max(listing_version, ?2),
  state = 'closed', purge_at_ms = min(coalesce(purge_at_ms, ?3), ?3) WHERE listing_id = ?1`,
    )
    .bind(listingId, version, purgeAtMs),
]

/** Rooms of two of a member who left: readable by the other for a while, then gone. */
export const closeRoomsOf = (db: D1Database, memberId: MemberId, purgeAtMs: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE rooms SET state = 'closed', purge_at_ms = min(coalesce(purge_at_ms, ?2), ?2)
WHERE id IN (SELECT room_id FROM memberships WHERE member_id = ?1 AND peer_id IS NOT NULL)`,
    )
    .bind(memberId, purgeAtMs)

/** Who blocks whom, by the newest fact about the two. */
export const keepBlock = (
  db: D1Database,
  { data, version, type }: EventOf<'member.blocked' | 'member.unblocked'>,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO blocks (member_id, blocked_id, is_blocked, version) VALUES (?, ?, ?, ?)
ON CONFLICT (member_id, blocked_id) DO UPDATE SET is_blocked = excluded.is_blocked, version = excluded.version
WHERE version < excluded.version`,
    )
    .bind(data.memberId, data.blockedId, type === 'member.blocked' ? 1 : 0, version)

export const isBlocking = async (db: D1Database, by: MemberId, blocked: MemberId): Promise<boolean> =>
  (await db
    .prepare('SELECT 1 FROM blocks WHERE member_id = ? AND blocked_id = ? AND is_blocked = 1')
    .bind(by, blocked)
    .first()) !== null
