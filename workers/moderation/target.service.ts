import type { Message } from '#contracts/chat'
import type { RoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { CommentId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { Comment, ListingCard } from '#contracts/listings'
import type { ReportTarget } from '#contracts/moderation'
import { callWithin } from '#kit/call'
import { ok, refuse } from '#kit/result'
import type { ModerationEnv } from './env.ts'
import { asModeration, membersOf, NEIGHBOUR_DEADLINE_MS } from './faces.service.ts'
import { excerptOf } from './target.rules.ts'

/** What a reporter sees: whose it is and what it says. */
export type SeenThing = { subjectId: MemberId; excerpt: string; listingId: ListingId | null }

const away = () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 })

/** A listing in whatever state it is. */
export const cardOf = (env: ModerationEnv, requestId: string, id: ListingId): Promise<Result<ListingCard>> =>
  callWithin<Result<ListingCard>>(
    'listings.card',
    NEIGHBOUR_DEADLINE_MS,
    async () => await env.LISTINGS.card(asModeration(requestId, 'card'), id),
    away,
  )

export const commentOf = (env: ModerationEnv, requestId: string, id: CommentId): Promise<Result<Comment>> =>
  callWithin<Result<Comment>>(
    'listings.comment',
    NEIGHBOUR_DEADLINE_MS,
    async () => await env.LISTINGS.comment(asModeration(requestId, 'comment'), id),
    away,
  )

/** A message with those around it. */
export const messagesAround = (
  env: ModerationEnv,
  requestId: string,
  { roomId, seq }: { roomId: RoomId; seq: number },
) =>
  callWithin<Result<Message[]>>(
    'chat.evidence',
    NEIGHBOUR_DEADLINE_MS,
    async () => await env.CHAT.evidence(asModeration(requestId, 'evidence'), { roomId, seq }),
    away,
  )

export const roomOf = (
  env: ModerationEnv,
  requestId: string,
  { roomId, memberId }: { roomId: RoomId; memberId: MemberId },
) =>
  callWithin<Result<RoomFacts>>(
    'chat.room',
    NEIGHBOUR_DEADLINE_MS,
    async () => await env.CHAT.room(asModeration(requestId, 'room'), { roomId, memberId }),
    away,
  )

/** The thing as `viewerId` sees it; what they cannot see is NOT_FOUND, like what is not there. */
export async function seenBy(
  env: ModerationEnv,
  requestId: string,
  viewerId: MemberId,
  target: ReportTarget,
): Promise<Result<SeenThing>> {
  switch (target.kind) {
    case 'member':
      return await seenMember(env, requestId, target.memberId)
    case 'listing':
      return await seenListing(env, requestId, viewerId, target.listingId)
    case 'comment':
      return await seenComment(env, requestId, viewerId, target.commentId)
    case 'message':
      return await seenMessage(env, requestId, viewerId, target)
  }
}

async function seenMember(env: ModerationEnv, requestId: string, id: MemberId): Promise<Result<SeenThing>> {
  const members = await membersOf(env, requestId, [id])
  if (!members.ok) return members
  const member = members.value.find((each) => each.id === id && !each.withdrawn)
  return member
    ? ok({ subjectId: member.id, excerpt: excerptOf(member.nickname), listingId: null })
    : refuse('NOT_FOUND')
}

async function seenListing(
  env: ModerationEnv,
  requestId: string,
  viewerId: MemberId,
  id: ListingId,
): Promise<Result<SeenThing>> {
  const card = await cardOf(env, requestId, id)
  if (!card.ok) return card
  const { seller, status, title } = card.value
  if (status === 'hidden' && seller.id !== viewerId) return refuse('NOT_FOUND')
  return ok({ subjectId: seller.id, excerpt: excerptOf(title), listingId: id })
}

async function seenComment(
  env: ModerationEnv,
  requestId: string,
  viewerId: MemberId,
  id: CommentId,
): Promise<Result<SeenThing>> {
  const comment = await commentOf(env, requestId, id)
  if (!comment.ok) return comment
  const { author, deleted, listingId, text } = comment.value
  if (author === null || deleted) return refuse('NOT_FOUND')
  const under = await seenListing(env, requestId, viewerId, listingId)
  return under.ok ? ok({ subjectId: author.id, excerpt: excerptOf(text), listingId }) : under
}

async function seenMessage(
  env: ModerationEnv,
  requestId: string,
  viewerId: MemberId,
  { roomId, seq }: { roomId: RoomId; seq: number },
): Promise<Result<SeenThing>> {
  const room = await roomOf(env, requestId, { roomId, memberId: viewerId })
  if (!room.ok) return room
  const around = await messagesAround(env, requestId, { roomId, seq })
  if (!around.ok) return around
  const message = around.value.find((each) => each.seq === seq)
  const isJudged = message?.removed === 'by_operator'
  if (!message || message.senderId === null || isJudged) return refuse('NOT_FOUND')
  const words = message.text ?? message.image?.id ?? ''
  const listingId = room.value.kind === 'listing' ? room.value.listingId : null
  return ok({ subjectId: message.senderId, excerpt: excerptOf(words), listingId })
}
