import type { CallContext } from '#contracts/call'
import type { MessagePage, ReadMark, Room, RoomMembers, Ticket, UnreadChats } from '#contracts/chat'
import { TICKET_LIVES_MS } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { EventOf } from '#contracts/events'
import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import type { Page, PageQuery } from '#contracts/page'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { faceFor, facesIn, oneRoomOf, photoIdOf, roomsOf } from './face.service.ts'
import { keepAskedFace, readMemberFaces } from './face.store.ts'
import { type RoomRow, roomListingOf, roomOf } from './room.rules.ts'
import {
  insertMemberships,
  insertRoom,
  isBlockedBetween,
  markLeft,
  markMuted,
  markRead,
  markReturned,
  type NewRoom,
  readRoomOf,
  readRooms,
  readUnread,
} from './room.store.ts'
import { askRoom, objectOf, roomOfMember, seedOf } from './room-object.ts'

const LISTINGS_DEADLINE_MS = 3 * SECOND_MS

export type Asker = { memberId: MemberId; requestId: string; atMs: number }
export type Opened = { room: Room; isNew: boolean; events: EventOf<'chat.room_opened'>[] }

/**
 * The room of a buyer about a listing, made at the first asking. The row (one a pair) comes first, then the object; when the process
 * dies between the two, the next call or the first word in the room makes the object.
 */
export async function openRoom(env: ChatEnv, asker: Asker, listingId: ListingId): Promise<Result<Opened>> {
  const card = await cardOf(env, asker, listingId)
  if (!card.ok) return card
  const sellerId = card.value.seller.id
  if (sellerId === asker.memberId) return refuse('OWN_LISTING')
  if (card.value.status === 'hidden') return refuse('NOT_FOUND')
  if (card.value.status === 'sold') return refuse('LISTING_SOLD')
  if (await isBlockedBetween(env.DB, asker.memberId, sellerId)) return refuse('MEMBER_BLOCKED')
  const face = await faceFor(env, asker.memberId, asker.requestId)
  if (!face.ok) return face
  const event = await insertIfFirst(env, asker, card.value)
  const row = await readRoomOf(env.DB, listingId, asker.memberId)
  // No row and nothing inserted: the listing or its seller went while this was looked at.
  if (row === null) return refuse('NOT_FOUND')
  const stub = objectOf(env, row.id)
  await stub.open(seedOf(row))
  if (event === null) await markReturned(env.DB, asker.memberId, row.id).run()
  return ok({ room: roomOf(row, () => null), isNew: event !== null, events: event === null ? [] : [event] })
}

async function insertIfFirst(
  env: ChatEnv,
  asker: Asker,
  card: ListingCard,
): Promise<EventOf<'chat.room_opened'> | null> {
  const room: NewRoom = {
    id: newId('room', asker.atMs),
    listingId: card.id,
    sellerId: card.seller.id,
    buyerId: asker.memberId,
    listing: roomListingOf(card),
    openedAtMs: asker.atMs,
  }
  if ((await readRoomOf(env.DB, room.listingId, room.buyerId)) !== null) return null
  const { id: roomId, listingId, sellerId, buyerId } = room
  const event = eventOf<'chat.room_opened'>(
    {
      type: 'chat.room_opened',
      aggregateId: roomId,
      version: 1,
      actorId: buyerId,
      requestId: asker.requestId,
      data: { roomId, listingId, sellerId, buyerId },
    },
    asker.atMs,
  )
  const { nickname, photo } = card.seller
  const outcome = await runBatch(env.DB, [
    insertRoom(env.DB, room),
    assertChangedOne(env.DB),
    insertMemberships(env.DB, room),
    keepAskedFace(env.DB, { memberId: sellerId, nickname, photoId: photoIdOf(photo?.thumb) }),
    outboxPut(env.DB, event),
  ])
  return outcome.kind === 'done' ? event : null
}

async function cardOf(env: ChatEnv, asker: Asker, id: ListingId): Promise<Result<ListingCard>> {
  const ctx: CallContext = {
    actor: { kind: 'member', memberId: asker.memberId, role: 'member' },
    requestId: asker.requestId,
    idempotencyKey: `card:${id}`,
  }
  return await callWithin<Result<ListingCard>>(
    'listings.card',
    LISTINGS_DEADLINE_MS,
    async () => await env.LISTINGS.card(ctx, id),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/** A member's rooms, the latest first: one query, no object. */
export async function listRooms(
  env: Pick<ChatEnv, 'DB' | 'CURSOR_SECRET'>,
  memberId: MemberId,
  query: PageQuery & { listingId?: ListingId | undefined },
): Promise<Result<Page<Room>>> {
  const listingId = query.listingId ?? null
  const list = `rooms ${memberId} ${listingId ?? ''}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await readRooms(env.DB, { memberId, listingId, after: opened.value, limit: query.limit + 1 })
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.lastAtMs, row.id])
  return ok({ ...page, items: await roomsOf(env.DB, page.items) })
}

export async function findRoom(env: ChatEnv, memberId: MemberId, roomId: RoomId): Promise<Result<Room>> {
  const room = await roomOfMember(env, memberId, roomId)
  return room.ok ? ok(await oneRoomOf(env.DB, room.value)) : room
}

/** Everybody who is in a member's own room. */
export const membersOf = (env: ChatEnv, memberId: MemberId, roomId: RoomId): Promise<Result<RoomMembers>> =>
  inOwnRoom(env, memberId, roomId, async () => ok({ items: await readMemberFaces(env.DB, roomId) }))

export const unreadOf = async (db: D1Database, memberId: MemberId): Promise<UnreadChats> =>
  (await readUnread(db, memberId)) ?? { rooms: 0, messages: 0 }

/** Does something in a member's own room. */
async function inOwnRoom<Value>(
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  act: (room: RoomRow) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const room = await roomOfMember(env, memberId, roomId)
  return room.ok ? await act(room.value) : room
}

export const historyOf = (
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  query: { beforeSeq?: number | undefined; afterSeq?: number | undefined; limit: number },
): Promise<Result<MessagePage>> =>
  inOwnRoom(env, memberId, roomId, async (room) => {
    const { beforeSeq, afterSeq, limit } = query
    const asked = {
      ...(beforeSeq === undefined ? {} : { beforeSeq }),
      ...(afterSeq === undefined ? {} : { afterSeq }),
      limit,
    }
    const page = await askRoom(env, room, (object) => object.history(memberId, asked))
    if (!page.ok || room.kind === 'listing') return page
    return ok({ ...page.value, faces: await facesIn(env.DB, page.value.items) })
  })

export const readUpTo = (
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  seq: number,
): Promise<Result<ReadMark>> =>
  inOwnRoom(env, memberId, roomId, async (room) => {
    const read = await askRoom(env, room, (object) => object.read(memberId, seq))
    if (!read.ok) return read
    await markRead(env.DB, memberId, roomId, read.value.seq).run()
    return ok({ memberId, seq: read.value.seq })
  })

export const muteRoom = (
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  untilMs: number | null,
): Promise<Result<Room>> =>
  inOwnRoom(env, memberId, roomId, async (room) => {
    const muted = await askRoom(env, room, (object) => object.mute(memberId, untilMs))
    if (!muted.ok) return muted
    await markMuted(env.DB, memberId, roomId, untilMs).run()
    return ok(await oneRoomOf(env.DB, { ...room, mutedUntilMs: untilMs }))
  })

export const leaveRoom = (
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  atMs: number,
): Promise<Result<null>> =>
  inOwnRoom(env, memberId, roomId, async (room) => {
    const left = await askRoom(env, room, (object) => object.leave(memberId))
    if (left.ok) await markLeft(env.DB, memberId, roomId, atMs).run()
    return left
  })

/** A ticket for the room's socket, good for as long as the session it was asked in. */
export const ticketFor = (
  env: ChatEnv,
  memberId: MemberId,
  roomId: RoomId,
  sessionEndsAtMs: number,
): Promise<Result<Ticket>> =>
  inOwnRoom(env, memberId, roomId, async (room) => {
    const issued = await askRoom(env, room, (object) => object.ticket(memberId, sessionEndsAtMs))
    if (!issued.ok) return issued
    const { ticket } = issued.value
    const url = `/api/v1/chat/rooms/${roomId}/socket?ticket=${encodeURIComponent(ticket)}`
    return ok({ ticket, expiresIn: TICKET_LIVES_MS / SECOND_MS, url })
  })
