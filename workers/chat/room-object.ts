import type { Result } from '#contracts/errors'
import type { MemberId, RoomId } from '#contracts/ids'
import type { RoomObject, RoomSeed } from '#do/chat-room/room.api'
import { refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import type { RoomRow } from './room.rules.ts'
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

export const seedOf = (room: RoomRow): RoomSeed => ({
  roomId: room.id,
  listingId: room.listingId,
  sellerId: room.sellerId,
  buyerId: room.buyerId,
  openedAtMs: room.openedAtMs,
})

/**
 * Asks the object of a member's own room. A room whose opening died between its row and its object knows nobody yet: it is
 * made now and asked again.
 */
export async function askRoom<Value>(
  env: ChatEnv,
  room: RoomRow,
  ask: (object: RoomObject) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  // The stub is held while it is asked: a stub that is let go of takes its call along.
  const stub = objectOf(env, room.id)
  const answer = await ask(stub)
  if (answer.ok || answer.refusal.code !== 'NOT_FOUND' || room.lastSeq > 0) return answer
  await stub.open(seedOf(room))
  return await ask(stub)
}
