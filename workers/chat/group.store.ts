import { ROOM_FACES_MAX, type RoomGroupBuy } from '#contracts/chat'
import { GROUP_BUY_STATES, type GroupBuyState } from '#contracts/group-buys'
import type { Gathering } from '#contracts/group-buys.api'
import { type GroupBuyId, MemberId, type RoomId } from '#contracts/ids'
import type { RoomGathering } from '#do/chat-room/room.api'
import type { GroupBuyFact } from './line.rules.ts'
import type { GroupRoomRow } from './room.rules.ts'
import { COLUMNS } from './room.store.ts'

/** Who is in a group buy, by a fact or by its worker's own word. */
export type Crowd = Pick<Gathering, 'id' | 'title' | 'hostId' | 'memberIds' | 'version'>

/** Null when a later fact of the same moment says who is in it. */
export const crowdOf = ({ data, version }: GroupBuyFact): Crowd | null =>
  data.memberIds && {
    id: data.groupBuyId,
    title: data.title,
    hostId: data.hostId,
    memberIds: data.memberIds,
    version,
  }

export const groupRoomId = async (db: D1Database, groupBuyId: GroupBuyId): Promise<RoomId | null> =>
  await db.prepare('SELECT id FROM rooms WHERE group_buy_id = ?').bind(groupBuyId).first<RoomId>('id')

/** The room of a group buy as one of its members sees it; null when there is none, or they are not in it. */
export const readGroupRoom = (
  db: D1Database,
  groupBuyId: GroupBuyId,
  memberId: MemberId,
): Promise<GroupRoomRow | null> =>
  db
    .prepare(
      `SELECT ${COLUMNS} FROM rooms r CROSS JOIN memberships m ON m.member_id = ?2 AND m.room_id = r.id
LEFT JOIN faces f ON f.member_id = m.peer_id WHERE r.group_buy_id = ?1`,
    )
    .bind(groupBuyId, memberId)
    .first()

/** A new room, still empty; a second one of the group buy writes nothing. */
export const insertGroupRoom = (
  db: D1Database,
  room: { id: RoomId; groupBuyId: GroupBuyId; hostId: MemberId; groupBuy: RoomGroupBuy; openedAtMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO rooms (id, kind, group_buy_id, host_id, group_buy, state, opened_at_ms) VALUES (?, 'group_buy', ?, ?, ?, 'open', ?)
ON CONFLICT (group_buy_id) WHERE group_buy_id IS NOT NULL DO NOTHING`,
    )
    .bind(room.id, room.groupBuyId, room.hostId, JSON.stringify(room.groupBuy), room.openedAtMs)

/**
 * Makes the host and these the members of the group buy's room, if there is one and it knows nothing newer. Who left Madang stays out, whatever
 * they hold. Three statements, however many they are; the last is the room's own, whose version the others look at.
 */
export function gatherMembers(db: D1Database, crowd: Crowd, atMs: number): D1PreparedStatement[] {
  const memberIds = JSON.stringify([crowd.hostId, ...crowd.memberIds])
  const room = 'group_buy_id = ?1 AND group_version <= ?2'
  return [
    db
      .prepare(
        `DELETE FROM memberships WHERE room_id IN (SELECT id FROM rooms WHERE ${room})
  AND member_id NOT IN (SELECT value FROM json_each(?3))`,
      )
      .bind(crowd.id, crowd.version, memberIds),
    db
      .prepare(
        `INSERT OR IGNORE INTO memberships (member_id, room_id, last_at_ms, last_seq, last_read_seq)
SELECT j.value, r.id, max(?4, r.opened_at_ms), r.last_seq, r.last_seq FROM rooms r CROSS JOIN json_each(?3) j WHERE ${room}
  AND NOT EXISTS (SELECT 1 FROM faces WHERE member_id = j.value AND withdrawn_at_ms IS NOT NULL)`,
      )
      .bind(crowd.id, crowd.version, memberIds, atMs),
    db
      .prepare(
        `UPDATE rooms SET group_version = ?2, group_buy = json_set(group_buy, '$.title', ?3), ${countedWithout("''")} WHERE ${room}`,
      )
      .bind(crowd.id, crowd.version, crowd.title),
  ]
}

const OTHERS_SHOWN = ROOM_FACES_MAX - 1
/** How many are in a room and who the first are, of whom one is about to go; and that this is news. */
const countedWithout = (memberId: string): string => `members_version = members_version + 1,
  member_count = (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND m.member_id <> ${memberId}),
  first_members = (SELECT json_group_array(member_id) FROM (SELECT member_id FROM memberships m WHERE m.room_id = rooms.id
    AND m.member_id NOT IN (rooms.host_id, ${memberId}) LIMIT ${OTHERS_SHOWN}))`

/** A group buy goes on: never back to a state it has left, in whatever order the facts come. */
export const goOn = (db: D1Database, id: GroupBuyId, state: GroupBuyState): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE rooms SET group_buy = json_set(group_buy, '$.state', ?2) WHERE group_buy_id = ?1
  AND group_buy ->> 'state' IN (SELECT value FROM json_each(?3))`,
    )
    .bind(id, state, JSON.stringify(GROUP_BUY_STATES.slice(0, GROUP_BUY_STATES.indexOf(state))))

/** The group buy ended: talked in until then, its room goes. */
export const purgeGroupRoom = (db: D1Database, id: GroupBuyId, purgeAtMs: number): D1PreparedStatement =>
  db
    .prepare('UPDATE rooms SET purge_at_ms = coalesce(purge_at_ms, ?2) WHERE group_buy_id = ?1')
    .bind(id, purgeAtMs)

/** A member who left Madang is in no group's room any more. */
export const leaveGroupRooms = (db: D1Database, memberId: MemberId): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE rooms SET ${countedWithout('?1')}
WHERE id IN (SELECT room_id FROM memberships WHERE member_id = ?1 AND peer_id IS NULL)`,
    )
    .bind(memberId),
  db.prepare('DELETE FROM memberships WHERE member_id = ? AND peer_id IS NULL').bind(memberId),
]

export type GroupMembers = RoomGathering & { hostId: MemberId; groupBuyId: GroupBuyId; openedAtMs: number }

type Row = {
  groupBuyId: GroupBuyId
  hostId: MemberId
  openedAtMs: number
  version: number
  memberIds: string
}

/** Who is in a group's room by now, with the number of this news. */
export async function readGroupMembers(db: D1Database, roomId: RoomId): Promise<GroupMembers | null> {
  const row = await db
    .prepare(
      `SELECT group_buy_id AS groupBuyId, host_id AS hostId, opened_at_ms AS openedAtMs, members_version AS version,
  (SELECT json_group_array(member_id) FROM memberships WHERE room_id = rooms.id) AS memberIds
FROM rooms WHERE id = ? AND kind = 'group_buy'`,
    )
    .bind(roomId)
    .first<Row>()
  return row && { ...row, memberIds: MemberId.array().parse(JSON.parse(row.memberIds)) }
}
