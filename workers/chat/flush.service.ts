import type { Message } from '#contracts/chat'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { RoomFlush } from '#do/chat-room/room.api'
import { nowMs } from '#kit/clock'
import { derivedId } from '#kit/id'
import { eventOnce, outboxPutOnce, relay } from '#kit/outbox'
import type { ChatEnv } from './env.ts'
import { type FlushedRoom, projectMembers, projectRoom, readFlushed } from './flush.store.ts'
import { indexMessages } from './search.store.ts'

const PREVIEW_LENGTH_MAX = 60

/**
 * Brings to the database what a room has new, in one batch: lists, search and facts to tell. A part that comes twice finds its version
 * there and writes nothing again; the facts' ids are made from what they tell, so that telling again is no news to anybody.
 */
export async function flushRoom(env: ChatEnv, flush: RoomFlush): Promise<void> {
  const room = await readFlushed(env.DB, flush.roomId)
  // Purged meanwhile: what its object still says concerns nobody.
  if (room === null) return
  const events = [...sentEvents(room, flush), ...readEvents(flush)]
  if (room.version < flush.version) {
    await env.DB.batch([
      ...indexMessages(env.DB, room, flush),
      projectMembers(env.DB, flush, room),
      projectRoom(env.DB, flush, room.buyerId !== null && wroteIn(flush, room.buyerId)),
      ...events.map((event) => outboxPutOnce(env.DB, event)),
    ])
  }
  if (events.length > 0) await relay(env.DB, env, events)
}

const wroteIn = ({ messages }: RoomFlush, memberId: MemberId): boolean =>
  messages.some(({ senderId }) => senderId === memberId)

function sentEvents(room: FlushedRoom, { messages, tellings }: RoomFlush): MadangEvent[] {
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  return tellings.flatMap(({ seq, recipientIds }) => {
    const message = bySeq.get(seq)
    if (message === undefined || message.removed !== null || message.senderId === null) return []
    if (message.kind === 'system') return []
    const { senderId, kind, warnings } = message
    return eventOnce(
      {
        type: 'chat.message_sent',
        aggregateId: room.roomId,
        version: seq,
        actorId: senderId,
        requestId: `${room.roomId}:${seq}`,
        data: {
          roomId: room.roomId,
          listingId: room.listingId,
          groupBuyId: room.groupBuyId,
          listingTitle: room.title,
          seq,
          senderId,
          recipientIds,
          kind,
          preview: previewOf(message),
          warnings,
        },
      },
      derivedId('evt', `sent:${room.roomId}:${seq}`),
      Date.parse(message.at),
    )
  })
}

const previewOf = ({ text }: Message): string =>
  Array.from(text ?? '')
    .slice(0, PREVIEW_LENGTH_MAX)
    .join('')

function readEvents({ roomId, reads, version }: RoomFlush): MadangEvent[] {
  const atMs = nowMs()
  return reads
    .filter(({ seq }) => seq > 0)
    .map(({ memberId, seq }) =>
      eventOnce(
        {
          type: 'chat.room_read',
          aggregateId: `${roomId}:${memberId}`,
          version: seq,
          actorId: memberId,
          requestId: `${roomId}:${version}`,
          data: { roomId, memberId, seq },
        },
        derivedId('evt', `read:${roomId}:${memberId}:${seq}`),
        atMs,
      ),
    )
}
