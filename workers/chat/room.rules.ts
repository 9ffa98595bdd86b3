import { z } from 'zod'
import {
  type GroupRoom,
  type ListingRoom,
  type Message,
  Message as MessageSchema,
  ROOM_FACES_MAX,
  type Room,
  RoomGroupBuy,
  RoomListing,
} from '#contracts/chat'
import type { GroupRoomFacts, ListingRoomFacts, RoomFacts } from '#contracts/chat.api'
import type { GroupBuyId, ImageId, ListingId } from '#contracts/ids'
import { MemberId, type RoomId } from '#contracts/ids'
import type { ListingCard, Seller } from '#contracts/listings'
import { imageUrls } from '#contracts/media'

type AnyRow = {
  id: RoomId
  state: 'open' | 'closed'
  lastMessage: string | null
  openedAtMs: number
  purgeAtMs: number | null
  memberId: MemberId
  lastAtMs: number
  lastSeq: number
  lastReadSeq: number
  mutedUntilMs: number | null
}
/** What the checks of the tables hold: each kind has its own columns, and those of the other are null. */
export type ListingRoomRow = AnyRow & {
  kind: 'listing'
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  listing: string
  buyerWrote: number
  peerId: MemberId
  nickname: string | null
  photoId: ImageId | null
  withdrawnAtMs: number | null
  blockedByMe: number
  blockedByPeer: number
}
export type GroupRoomRow = AnyRow & {
  kind: 'group_buy'
  groupBuyId: GroupBuyId
  hostId: MemberId
  groupBuy: string
  memberCount: number
  firstMembers: string
}
/** A room beside one of its members' marks, as the database has them. */
export type RoomRow = ListingRoomRow | GroupRoomRow

const MemberIds = z.array(MemberId)

/** Whose faces a group's room shows beside its name: the host's, and the first of the others'. */
export const shownMembersOf = ({ hostId, firstMembers }: GroupRoomRow): MemberId[] =>
  [hostId, ...MemberIds.parse(JSON.parse(firstMembers))].slice(0, ROOM_FACES_MAX)

const iso = (atMs: number): string => new Date(atMs).toISOString()
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs))

/** The room as this member sees it; `faceOf` knows the members a group's room shows. */
export const roomOf = (row: RoomRow, faceOf: (id: MemberId) => Seller | null): Room =>
  row.kind === 'listing' ? listingRoomOf(row) : groupRoomOf(row, faceOf)

const listingRoomOf = (row: ListingRoomRow): ListingRoom => ({
  ...sharedOf(row),
  kind: 'listing',
  listing: RoomListing.parse(JSON.parse(row.listing)),
  role: row.memberId === row.sellerId ? 'seller' : 'buyer',
  peer: {
    id: row.peerId,
    nickname: row.nickname ?? '',
    photo: row.photoId === null ? null : imageUrls(row.photoId),
  },
  peerWithdrawn: row.withdrawnAtMs !== null,
  blocked: row.blockedByMe === 1 ? 'by_me' : row.blockedByPeer === 1 ? 'by_peer' : null,
})

const groupRoomOf = (row: GroupRoomRow, faceOf: (id: MemberId) => Seller | null): GroupRoom => ({
  ...sharedOf(row),
  kind: 'group_buy',
  groupBuy: RoomGroupBuy.parse(JSON.parse(row.groupBuy)),
  role: row.memberId === row.hostId ? 'host' : 'member',
  members: {
    count: row.memberCount,
    faces: shownMembersOf(row).flatMap((id) => faceOf(id) ?? []),
  },
})

const sharedOf = (row: RoomRow) => ({
  id: row.id,
  state: row.state,
  removedAt: isoOrNull(row.purgeAtMs),
  lastMessage: row.lastMessage === null ? null : messageOf(row.lastMessage),
  lastSeq: row.lastSeq,
  lastReadSeq: row.lastReadSeq,
  unread: Math.max(0, row.lastSeq - row.lastReadSeq),
  mutedUntil: isoOrNull(row.mutedUntilMs),
  openedAt: iso(row.openedAtMs),
  lastAt: iso(row.lastAtMs),
})

export const messageOf = (json: string): Message => MessageSchema.parse(JSON.parse(json))

export const factsOf = (row: RoomRow): RoomFacts =>
  row.kind === 'listing' ? listingFactsOf(row) : groupFactsOf(row)

export const listingFactsOf = ({
  id,
  listingId,
  sellerId,
  buyerId,
  state,
}: ListingRoomRow): ListingRoomFacts => ({ kind: 'listing', roomId: id, listingId, sellerId, buyerId, state })

const groupFactsOf = ({ id, groupBuyId, hostId, state }: GroupRoomRow): GroupRoomFacts => ({
  kind: 'group_buy',
  roomId: id,
  groupBuyId,
  hostId,
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
