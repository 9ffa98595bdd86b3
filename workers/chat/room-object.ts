import type { Result } from '#contracts/errors'
import type { MemberId, RoomId } from '#contracts/ids'
import type { RoomObject, RoomSeed } from '#do/chat-room/room.api'
import { refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { readGroupMembers } from './group.store.ts'
import type { ListingRoomRow, RoomRow } from './room.rules.ts'
import { readRoom } from './room.store.ts'

/** The object of a room. */
export const objectOf = (env: ChatEnv, roomId: RoomId) => env.CHAT_ROOM.get(env.CHAT_ROOM.idFromName(roomId))

/** The room of this id, if it is the member's; absent and not-yours look alike. */
export async function roomOfMember(
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
): Promise<Result<RoomRow>> {
  const room = await readRoom(env.DB, memberId, roomId)
  return room === null ? refuse('NOT_FOUND') : { ok: true, value: room }
}

export const seedOf = (room: ListingRoomRow): RoomSeed => ({
  kind: 'listing',
  roomId: room.id,
  listingId: room.listingId,
  sellerId: room.sellerId,
  buyerId: room.buyerId,
  openedAtMs: room.openedAtMs,
})

/** Tells a group's room who is in it by now, and makes it if it was not there. Told twice, or what it knows already, it changes nothing. */
export async function tellWhoIsIn(env: ChatEnv, roomId: RoomId): Promise<void> {
  const group = await readGroupMembers(env.DB, roomId)
  if (group === null) return
  const { groupBuyId, hostId, openedAtMs, version, memberIds } = group
  const stub = objectOf(env, roomId)
  await stub.open({ kind: 'group_buy', roomId, groupBuyId, hostId, openedAtMs })
  await stub.gather({ version, memberIds })
}

/**
 * Asks the object of a member's own room. A room whose opening died between its row and its object knows nobody yet, and a group's room may
 * not have been told of a newcomer: it is told now and asked again.
 */
export async function askRoom<Value>(
  env: ChatEnv,
  room: RoomRow,
  ask: (object: RoomObject) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  // The stub is held while it is asked: a stub that is let go of takes its call along.
  const stub = objectOf(env, room.id)
  const answer = await ask(stub)
  if (answer.ok || answer.refusal.code !== 'NOT_FOUND') return answer
  if (room.kind === 'group_buy') await tellWhoIsIn(env, room.id)
  else if (room.lastSeq === 0) await stub.open(seedOf(room))
  else return answer
  return await ask(stub)
}
