import type { EventOf, EventType } from '#contracts/events'
import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'

type Data<Type extends EventType> = EventOf<Type>['data']

/** A fact as its domain would tell it; each is its aggregate's newest. */
export function fact<Type extends EventType>(
  type: Type,
  data: Data<Type>,
  actorId: MemberId | null = null,
  version = Date.now(),
): EventOf<Type> {
  const told = { type, aggregateId: 'test', version, actorId, requestId: 'test', data }
  // Type and data belong together by this function's own signature, which eventOf cannot see through a union.
  return eventOf(told as Parameters<typeof eventOf>[0], Date.now()) as EventOf<Type>
}

export function comment(
  to: { sellerId: MemberId; parentAuthorId?: MemberId },
  authorId: MemberId,
  text = '아직 있나요?',
) {
  const parentAuthorId = to.parentAuthorId ?? null
  const listingId = newId('lst', Date.now())
  const data = { id: newId('cmt', Date.now()), listingId, listingTitle: '장스탠드', authorId, text }
  return fact('comment.posted', { ...data, sellerId: to.sellerId, parentAuthorId }, authorId)
}

export const message = (roomId: RoomId, senderId: MemberId, recipientIds: MemberId[], seq: number) =>
  fact('chat.message_sent', {
    ...{ roomId, listingId: newId('lst', Date.now()), listingTitle: '장스탠드', seq, senderId, recipientIds },
    ...{ kind: 'text', preview: `메시지 ${seq}`, warnings: [] },
  })

/** A listing's change, with what it was before. */
export function change(
  listingId: ListingId,
  sellerId: MemberId,
  from: { price: number; status: 'on_sale' | 'reserved' | 'sold' },
  to: { price: number; status: 'on_sale' | 'reserved' | 'sold' },
  version = Date.now(),
) {
  return fact(
    'listing.changed',
    {
      ...{ id: listingId, seller: { id: sellerId, nickname: '민지', photo: null }, title: '장스탠드' },
      ...{ description: '잘 켜져요', category: 'furniture', price: to.price, status: to.status, images: [] },
      ...{ region: null, location: null, counts: { views: 0, wishes: 0, comments: 0, chats: 0 } },
      ...{ createdAtMs: 1, bumpedAtMs: 1, changed: ['price'], before: from },
    },
    sellerId,
    version,
  )
}
