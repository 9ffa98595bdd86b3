import type { CallContext } from '#contracts/call'
import type { Message, SendMessage } from '#contracts/chat'
import type { ListingRoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { ImageId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { PAGE_LIMIT_MAX } from '#contracts/page'
import { callWithin } from '#kit/call'
import { nowMs, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { putErrand } from './errand.store.ts'
import { listingFactsOf } from './room.rules.ts'
import { readRoomOf } from './room.store.ts'
import { askRoom, objectOf, roomOfMember } from './room-object.ts'

const MEDIA_DEADLINE_MS = 5 * SECOND_MS

/** Hangs a photo on a room in its sender's name. Asked again for the same photo it answers the same. */
export async function hangPhoto(
  env: ChatEnv,
  { roomId, memberId, imageId }: { roomId: RoomId; memberId: MemberId; imageId: ImageId },
): Promise<Result<Image>> {
  const ctx = contextOf(`${roomId}:${imageId}`)
  return await callWithin<Result<Image>>(
    'media.add',
    MEDIA_DEADLINE_MS,
    async () =>
      await env.MEDIA.add(ctx, { ownerId: memberId, holder: { kind: 'room', id: roomId }, imageId }),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/** Sends a message for a client without a socket; the same clientId again is the same message. */
export async function sendMessage(
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  send: SendMessage,
): Promise<Result<{ message: Message; replayed: boolean }>> {
  const room = await roomOfMember(env, memberId, roomId)
  if (!room.ok) return room
  // Without its photo, a message is only refused for that when nothing else speaks against it: then the photo is worth hanging.
  const sent = await askRoom(env, room.value, (object) => object.send(memberId, send))
  if (send.kind === 'text' || sent.ok || sent.refusal.code !== 'VALIDATION_FAILED') return sent
  const hung = await hangPhoto(env, { roomId, memberId, imageId: send.imageId })
  if (!hung.ok) return hung
  return await askRoom(env, room.value, (object) => object.send(memberId, { ...send, image: hung.value }))
}

export async function editMessage(
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  seq: number,
  text: string,
): Promise<Result<Message>> {
  const room = await roomOfMember(env, memberId, roomId)
  return room.ok ? await askRoom(env, room.value, (object) => object.edit(memberId, seq, text)) : room
}

/** Takes a message back; its photo is gone at once, or as soon as media answers. */
export async function removeMessage(
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  seq: number,
): Promise<Result<Message>> {
  const room = await roomOfMember(env, memberId, roomId)
  if (!room.ok) return room
  const removed = await askRoom(env, room.value, (object) => object.remove(memberId, seq))
  if (!removed.ok) return removed
  const { message, imageId } = removed.value
  if (imageId !== null) await purgePhoto(env, roomId, imageId)
  return ok(message)
}

async function purgePhoto(env: ChatEnv, roomId: RoomId, imageId: ImageId): Promise<void> {
  await callWithin(
    'media.purge',
    MEDIA_DEADLINE_MS,
    async () => {
      const purged = await env.MEDIA.purge(contextOf(`${roomId}:${imageId}:purge`), {
        holder: { kind: 'room', id: roomId },
        imageId,
      })
      if (!purged.ok) throw new Error(`photo not purged: ${purged.refusal.code}`)
    },
    async () => {
      await putErrand(env.DB, roomId, `purge:${imageId}`, { kind: 'purge_photo', imageId }, nowMs()).run()
    },
  )
}

const contextOf = (idempotencyKey: string): CallContext => ({
  actor: { kind: 'worker', worker: 'chat' },
  requestId: idempotencyKey,
  idempotencyKey,
})

/** The room of a buyer who wrote in it. The database may not have heard of a first word yet: then the room itself is asked. */
export async function roomOfWriter(
  env: ChatEnv,
  listingId: ListingId,
  buyerId: MemberId,
): Promise<Result<ListingRoomFacts>> {
  const row = await readRoomOf(env.DB, listingId, buyerId)
  if (row === null) return refuse('NOT_FOUND')
  if (row.buyerWrote === 1) return ok(listingFactsOf(row))
  const latest = await askRoom(env, row, (object) => object.history(buyerId, { limit: PAGE_LIMIT_MAX }))
  if (!latest.ok) return latest
  return latest.value.items.some(({ senderId }) => senderId === buyerId)
    ? ok(listingFactsOf(row))
    : refuse('NOT_FOUND')
}

/** What an operator needs to judge a report of a message. */
export async function evidenceOf(env: ChatEnv, roomId: RoomId, seq: number): Promise<Result<Message[]>> {
  const stub = objectOf(env, roomId)
  return await stub.evidence(seq)
}

export async function hideMessage(
  env: ChatEnv,
  roomId: RoomId,
  seq: number,
  hidden: boolean,
): Promise<Result<{ senderId: MemberId }>> {
  const stub = objectOf(env, roomId)
  return await stub.hide(seq, hidden)
}
