import type { Message, Room } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import { ImageId, type MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { membersOf } from '#kit/faces'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { type Face, keepAskedFace, readFace, readFaces } from './face.store.ts'
import { type RoomRow, roomOf, shownMembersOf } from './room.rules.ts'

/**
 * The face of someone about to open a room. Heard when they joined; asked of identity when that fact has not come yet. A member
 * who withdrew may still hold a token for some minutes: theirs is an ended session.
 */
export async function faceFor(env: ChatEnv, memberId: MemberId, requestId: string): Promise<Result<Face>> {
  const known = await readFace(env.DB, memberId)
  if (known) return known.withdrawnAtMs === null ? ok(known) : refuse('SESSION_ENDED')
  const asked = await membersOf({ worker: 'chat', identity: env.IDENTITY }, requestId, [memberId])
  if (!asked.ok) return asked
  const member = asked.value.find(({ id }) => id === memberId)
  if (!member || member.withdrawn) return refuse('SESSION_ENDED')
  const face = { memberId, nickname: member.nickname, photoId: photoIdOf(member.photo?.thumb) }
  await keepAskedFace(env.DB, face).run()
  return ok(face)
}

/** A photo's id, out of where it is served. */
export const photoIdOf = (thumbUrl: string | undefined): ImageId | null =>
  ImageId.safeParse(thumbUrl?.split('/').at(-2)).data ?? null

/** Rooms as their member sees them. Only groups' rooms show faces that stand in no row: then one question more, for all of them together. */
export async function roomsOf(db: D1Database, rows: readonly RoomRow[]): Promise<Room[]> {
  const shown = rows.flatMap((row) => (row.kind === 'group_buy' ? shownMembersOf(row) : []))
  const faces = new Map<MemberId, Seller>(
    shown.length === 0 ? [] : (await readFaces(db, shown)).map((face) => [face.id, face]),
  )
  return rows.map((row) => roomOf(row, (id) => faces.get(id) ?? null))
}

export async function oneRoomOf(db: D1Database, row: RoomRow): Promise<Room> {
  const [room] = await roomsOf(db, [row])
  if (room === undefined) throw new Error('a row that makes no room')
  return room
}

/** Of whoever said these, and whom their lines name: also of those who went meanwhile. */
export function facesIn(db: D1Database, messages: readonly Message[]): Promise<Seller[]> {
  const named = messages.flatMap(({ senderId, system }) => {
    if (senderId !== null) return [senderId]
    return system !== undefined && 'memberId' in system ? [system.memberId] : []
  })
  return readFaces(db, [...new Set(named)])
}
