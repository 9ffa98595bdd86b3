import type { Message } from '#contracts/chat'
import type { ImageId, MemberId, RoomId } from '#contracts/ids'
import type { RoomFlush } from '#do/chat-room/room.api'
import { fold, indexTokens } from '#kit/grams'
import { type FlushedRoom, isNewer } from './flush.store.ts'

const isFindable = ({ kind, removed }: Message): boolean => kind === 'text' && removed === null

/** Under which marks a message is found: its room, and the two of it. Who is in a group changes: it is found by its room alone. */
const tagsOf = ({ roomId, sellerId, buyerId }: FlushedRoom): string =>
  [roomId, sellerId, buyerId].filter((tag) => tag !== null).join(' ')

/** Statements that bring the search in messages up to date; they stand before the room's row, and change nothing when it is as new. */
export function indexMessages(db: D1Database, room: FlushedRoom, flush: RoomFlush): D1PreparedStatement[] {
  const { roomId, version } = flush
  if (flush.messages.length === 0) return []
  const seqs = JSON.stringify(flush.messages.map(({ seq }) => seq))
  const found = flush.messages.filter(isFindable)
  const texts = JSON.stringify(
    found.map((message) => ({ seq: message.seq, message, grams: indexTokens(fold(message.text ?? '')) })),
  )
  const newer = isNewer('?1', '?2')
  const forget = db
    .prepare(
      `DELETE FROM grams WHERE rowid IN (SELECT id FROM messages WHERE room_id = ?1
  AND seq IN (SELECT value FROM json_each(?3))) AND ${newer}`,
    )
    .bind(roomId, version, seqs)
  const drop = db
    .prepare(
      `DELETE FROM messages WHERE room_id = ?1 AND seq IN (SELECT value FROM json_each(?3))
  AND seq NOT IN (SELECT value ->> 'seq' FROM json_each(?4)) AND ${newer}`,
    )
    .bind(roomId, version, seqs, texts)
  if (found.length === 0) return [forget, drop]
  const keep = db
    .prepare(
      `INSERT INTO messages (room_id, seq, message)
SELECT ?1, value ->> 'seq', value -> 'message' FROM json_each(?3) WHERE ${newer} ORDER BY value ->> 'seq'
ON CONFLICT (room_id, seq) DO UPDATE SET message = excluded.message`,
    )
    .bind(roomId, version, texts)
  const index = db
    .prepare(
      `INSERT INTO grams (rowid, text, tags)
SELECT m.id, t.value ->> 'grams', ?4 FROM json_each(?3) t CROSS JOIN messages m ON m.room_id = ?1 AND m.seq = t.value ->> 'seq'
WHERE ${newer}`,
    )
    .bind(roomId, version, texts, tagsOf(room))
  return [forget, drop, keep, index]
}

/** Takes a room's messages out of the search, in the batch that removes the room. */
export const forgetMessages = (db: D1Database, roomId: RoomId): D1PreparedStatement[] => [
  db.prepare('DELETE FROM grams WHERE rowid IN (SELECT id FROM messages WHERE room_id = ?)').bind(roomId),
  db.prepare('DELETE FROM messages WHERE room_id = ?').bind(roomId),
]

export type HitRow = {
  id: number
  roomId: RoomId
  message: string
  listingTitle: string
  peerId: MemberId | null
  nickname: string | null
  photoId: ImageId | null
}

/** The newest hits before `beforeId`. D1 binds numbers as REAL, which FTS5 ignores as a bound of rowid: hence the cast. */
export async function findMessages(
  db: D1Database,
  memberId: MemberId,
  match: string,
  beforeId: number | null,
  limit: number,
): Promise<HitRow[]> {
  const before = beforeId === null ? '' : ' AND g.rowid < CAST(?4 AS INTEGER)'
  const { results } = await db
    .prepare(
      `SELECT m.id, m.room_id AS roomId, m.message, coalesce(r.listing ->> 'title', r.group_buy ->> 'title') AS listingTitle, s.peer_id AS peerId,
  f.nickname, f.photo_id AS photoId
FROM (SELECT g.rowid AS id FROM grams g WHERE g.grams MATCH ?1${before} ORDER BY g.rowid DESC LIMIT ?2) hit
CROSS JOIN messages m ON m.id = hit.id
CROSS JOIN memberships s ON s.member_id = ?3 AND s.room_id = m.room_id
CROSS JOIN rooms r ON r.id = m.room_id
LEFT JOIN faces f ON f.member_id = s.peer_id ORDER BY m.id DESC`,
    )
    .bind(match, limit, memberId, ...(beforeId === null ? [] : [beforeId]))
    .all<HitRow>()
  return results
}

/** So many group rooms of a member are searched, whichever they are: nobody is in more at a time. */
const GROUP_ROOMS_MAX = 200
export async function groupRoomsOf(db: D1Database, memberId: MemberId): Promise<RoomId[]> {
  const { results } = await db
    .prepare(
      'SELECT room_id AS roomId FROM memberships INDEXED BY memberships_pair WHERE member_id = ? AND peer_id IS NULL LIMIT ?',
    )
    .bind(memberId, GROUP_ROOMS_MAX)
    .all<{ roomId: RoomId }>()
  return results.map(({ roomId }) => roomId)
}
