import { z } from 'zod'
import type { MessageHit } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { MemberId, RoomId } from '#contracts/ids'
import { imageUrls } from '#contracts/media'
import type { Page, PageQuery } from '#contracts/page'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { messageOf } from './room.rules.ts'
import { matchOf } from './search.rules.ts'
import { findMessages, groupRoomsOf, type HitRow } from './search.store.ts'

const Position = z.tuple([z.int()])

/** What was said in the member's own rooms, the newest first. What was taken back or hidden is not found. */
export async function searchMessages(
  env: Pick<ChatEnv, 'DB' | 'CURSOR_SECRET'>,
  memberId: MemberId,
  query: PageQuery & { q: string; roomId?: RoomId | undefined },
): Promise<Result<Page<MessageHit>>> {
  const match = matchOf(query.q, memberId, query.roomId ?? null, await groupRoomsOf(env.DB, memberId))
  if (match === null) return ok({ items: [], nextCursor: null })
  // Not the match itself: a room come into or left between two pages is no reason to refuse the second.
  const list = `messages ${memberId} ${query.roomId ?? ''} ${query.q}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const position = opened.value && Position.safeParse(opened.value)
  if (position && !position.success) return refuse('CURSOR_INVALID')
  const rows = await findMessages(env.DB, memberId, match, position?.data[0] ?? null, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, ({ id }) => [id])
  return ok({ ...page, items: page.items.map(hitOf) })
}

const hitOf = (row: HitRow): MessageHit => ({
  roomId: row.roomId,
  listingTitle: row.listingTitle,
  peer:
    row.peerId === null
      ? null
      : {
          id: row.peerId,
          nickname: row.nickname ?? '',
          photo: row.photoId === null ? null : imageUrls(row.photoId),
        },
  message: messageOf(row.message),
})
