import { z } from 'zod'
import { SystemLine } from '#contracts/chat'
import { type GroupBuyId, ImageId, type ListingId, MemberId, RoomId } from '#contracts/ids'

/** What a room is still to be told. */
export const Errand = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('line'),
    line: SystemLine,
    /** The line ends the talking: the room goes at this time. */
    purgeAtMs: z.int().optional(),
  }),
  z.object({ kind: z.literal('gather') }),
  z.object({ kind: z.literal('block'), by: MemberId, blocked: MemberId }),
  z.object({ kind: z.literal('farewell'), memberId: MemberId, purgeAtMs: z.int() }),
  z.object({ kind: z.literal('purge_photo'), imageId: ImageId }),
])
export type Errand = z.infer<typeof Errand>

const Row = z.object({
  id: z.int(),
  roomId: RoomId,
  source: z.string(),
  errand: z.string().transform((json) => Errand.parse(JSON.parse(json))),
  tries: z.int(),
})
export type ErrandRow = z.infer<typeof Row>

const INSERT = 'INSERT OR IGNORE INTO errands (room_id, source, errand, due_at_ms)'

/** An errand to one room; told of the same source again, nothing changes. A room that is not there has nothing to hear. */
export const putErrand = (
  db: D1Database,
  roomId: RoomId,
  source: string,
  errand: Errand,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(`${INSERT} SELECT id, ?2, ?3, ?4 FROM rooms WHERE id = ?1`)
    .bind(roomId, source, JSON.stringify(errand), atMs)

/** The same errand to every room about a listing; `buyer` names whose room alone, or whose not. */
export function putErrandsAbout(
  db: D1Database,
  listingId: ListingId,
  source: string,
  errand: Errand,
  atMs: number,
  buyer: { only: MemberId } | { not: MemberId } | null = null,
): D1PreparedStatement {
  const whose =
    buyer === null
      ? { sql: '', binds: [] }
      : 'only' in buyer
        ? { sql: ' AND buyer_id = ?', binds: [buyer.only] }
        : { sql: ' AND buyer_id <> ?', binds: [buyer.not] }
  return db
    .prepare(`${INSERT} SELECT id, ?, ?, ? FROM rooms WHERE listing_id = ?${whose.sql}`)
    .bind(source, JSON.stringify(errand), atMs, listingId, ...whose.binds)
}

/** An errand to the room of a group buy, if anybody opened it. */
export const putErrandAtGroup = (
  db: D1Database,
  groupBuyId: GroupBuyId,
  source: string,
  errand: Errand,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(`${INSERT} SELECT id, ?, ?, ? FROM rooms WHERE group_buy_id = ?`)
    .bind(source, JSON.stringify(errand), atMs, groupBuyId)

/** The same errand to every group's room of a member. */
export const putErrandsAtGroupsOf = (
  db: D1Database,
  memberId: MemberId,
  source: string,
  errand: Errand,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(`${INSERT} SELECT room_id, ?, ?, ? FROM memberships WHERE member_id = ? AND peer_id IS NULL`)
    .bind(source, JSON.stringify(errand), atMs, memberId)

/** The same errand to every room of two of a member, or to those with one peer. */
export function putErrandsOf(
  db: D1Database,
  memberId: MemberId,
  source: string,
  errand: Errand,
  atMs: number,
  peerId: MemberId | null = null,
): D1PreparedStatement {
  const peer = peerId === null ? ' AND peer_id IS NOT NULL' : ' AND peer_id = ?'
  return db
    .prepare(`${INSERT} SELECT room_id, ?, ?, ? FROM memberships WHERE member_id = ?${peer}`)
    .bind(source, JSON.stringify(errand), atMs, memberId, ...(peerId === null ? [] : [peerId]))
}

/** What is due, in the order it came. */
export async function dueErrands(db: D1Database, atMs: number, limit: number): Promise<ErrandRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, room_id AS roomId, source, errand, tries FROM errands
WHERE due_at_ms <= ? ORDER BY due_at_ms, id LIMIT ?`,
    )
    .bind(atMs, limit)
    .all()
  return results.map((row) => Row.parse(row))
}

export const forgetErrands = (db: D1Database, ids: number[]): D1PreparedStatement =>
  db.prepare('DELETE FROM errands WHERE id IN (SELECT value FROM json_each(?))').bind(JSON.stringify(ids))

/** What failed comes again later, with all else its room waits for behind it. */
export const putOffErrands = (db: D1Database, roomId: RoomId, dueAtMs: number): D1PreparedStatement =>
  db
    .prepare('UPDATE errands SET due_at_ms = max(due_at_ms, ?), tries = tries + 1 WHERE room_id = ?')
    .bind(dueAtMs, roomId)
