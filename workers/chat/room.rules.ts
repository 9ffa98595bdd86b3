import { type Message, Message as MessageSchema, type Room, RoomListing } from '#contracts/chat'
import type { RoomFacts } from '#contracts/chat.api'
import type { ImageId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import { imageUrls } from '#contracts/media'

/** A room beside one of its members' marks, as the database has them. */
export type RoomRow = {
  id: RoomId
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  listing: string
  state: 'open' | 'closed'
  lastMessage: string | null
  openedAtMs: number
  purgeAtMs: number | null
  buyerWrote: number
  memberId: MemberId
  peerId: MemberId
  lastAtMs: number
  lastSeq: number
  lastReadSeq: number
  mutedUntilMs: number | null
  nickname: string | null
  photoId: ImageId | null
  withdrawnAtMs: number | null
  blockedByMe: number
  blockedByPeer: number
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs))

/** The room as this member sees it. */
export function roomOf(row: RoomRow): Room {
  return {
    id: row.id,
    listing: RoomListing.parse(JSON.parse(row.listing)),
    role: row.memberId === row.sellerId ? 'seller' : 'buyer',
    peer: {
      id: row.peerId,
      nickname: row.nickname ?? '',
      photo: row.photoId === null ? null : imageUrls(row.photoId),
    },
    peerWithdrawn: row.withdrawnAtMs !== null,
    state: row.state,
    removedAt: isoOrNull(row.purgeAtMs),
    lastMessage: row.lastMessage === null ? null : messageOf(row.lastMessage),
    lastSeq: row.lastSeq,
    lastReadSeq: row.lastReadSeq,
    unread: Math.max(0, row.lastSeq - row.lastReadSeq),
    mutedUntil: isoOrNull(row.mutedUntilMs),
    blocked: row.blockedByMe === 1 ? 'by_me' : row.blockedByPeer === 1 ? 'by_peer' : null,
    openedAt: iso(row.openedAtMs),
    lastAt: iso(row.lastAtMs),
  }
}

export const messageOf = (json: string): Message => MessageSchema.parse(JSON.parse(json))

export const factsOf = ({ id, listingId, sellerId, buyerId, state }: RoomRow): RoomFacts => ({
  roomId: id,
  listingId,
  sellerId,
  buyerId,
  state,
})

/** What a room keeps of its listing's card, so that it can show it when the listing is gone. */
export const roomListingOf = (
  card: Pick<ListingCard, 'id' | 'title' | 'price' | 'status' | 'images'>,
): RoomListing => ({
  id: card.id,
  title: card.title,
  price: card.price,
  currency: 'KRW',
  status: card.status,
  image: card.images[0] ?? null,
})
