import type { EventOf, MadangEvent } from '#contracts/events'
import type { ListingId, MemberId } from '#contracts/ids'
import type { ImageUrls } from '#contracts/media'
import type { Params } from './params.rules.ts'

/** Those who wished a listing or chat about it, but for whoever did the thing and whose thing it is. */
export type Watchers = { of: ListingId; except: MemberId[] }

/** What one fact makes us tell: to whom, in which words, leading where. */
export type Telling = {
  to: MemberId[] | Watchers
  params: Params
  url: string
  photo?: ImageUrls | null
  /** Whether it is worth a letter when no device took it and it is still unread; else the member's own choice alone decides. */
  byMail?: 'never'
  /** While unread, later ones with the same key join this line; `count` is how many happenings this one stands for, one if absent. */
  collapse?: { key: string; order: number | null; count?: number }
  /** What makes two tellings to one member the same; a fact's own id unless the same thing can be told by several facts. */
  source?: string
}

/** The name of a member, where it is known. */
export type NameOf = (id: MemberId) => string | null

export const roomKey = (roomId: string): string => `chat:${roomId}`

/** Whose names the words of a fact need. */
export function namedIn(event: MadangEvent): MemberId[] {
  switch (event.type) {
    case 'comment.posted':
      return [event.data.authorId]
    case 'listing.wished':
    case 'group_buy.joined':
    case 'group_buy.left':
    case 'group_buy.promoted':
      return [event.data.memberId]
    case 'chat.message_sent':
      return [event.data.senderId]
    case 'trade.undone':
      return [event.data.sellerId]
    case 'trade.completed':
    case 'trade.paid':
    case 'trade.cancelled':
    case 'trade.disputed':
    case 'trade.decided':
    case 'trade.refunded':
    case 'trade.release_due':
      return [event.data.sellerId, event.data.buyerId]
    case 'wallet.transferred':
      return [event.data.fromId]
    case 'trade.reviewed':
      return [event.data.authorId]
    case 'appointment.set':
    case 'appointment.cancelled':
    case 'appointment.due':
      return [event.data.sellerId, event.data.buyerId]
    default:
      return []
  }
}

/** Whom a comment concerns: the one it answers, and the seller; each of them once, and never its author. */
export function ofComment({ data }: EventOf<'comment.posted'>, nameOf: NameOf): Telling[] {
  const { authorId, parentAuthorId, sellerId, listingId } = data
  const words = { name: nameOf(authorId), title: data.listingTitle ?? null, text: data.text }
  const url = `/listings/${listingId}#comments`
  const answered = parentAuthorId !== null && parentAuthorId !== authorId ? [parentAuthorId] : []
  const seller = sellerId !== authorId && sellerId !== parentAuthorId ? [sellerId] : []
  return [
    { to: answered, params: { type: 'reply', ...words }, url },
    { to: seller, params: { type: 'comment', ...words }, url },
  ]
}

/** Wishes for one listing gather in one line; the same neighbour wishing again is not told again. */
export function ofWish({ data }: EventOf<'listing.wished'>, nameOf: NameOf): Telling[] {
  const { listingId, memberId, sellerId } = data
  return [
    {
      to: sellerId === memberId ? [] : [sellerId],
      params: { type: 'wish', name: nameOf(memberId), title: data.listingTitle ?? null },
      url: `/listings/${listingId}`,
      collapse: { key: `wish:${listingId}`, order: null },
      source: `wish:${listingId}:${memberId}`,
    },
  ]
}

/** The messages of one room gather in one line, as long as it is unread. */
export function ofMessage({ data }: EventOf<'chat.message_sent'>, nameOf: NameOf): Telling[] {
  const { roomId, senderId, listingTitle: title, kind, preview, seq } = data
  const room = data.groupBuyId ? 'group' : 'two'
  return [
    {
      to: data.recipientIds.filter((id) => id !== senderId),
      params: { type: 'chat', name: nameOf(senderId), title, room, kind, preview },
      url: `/chat/${roomId}`,
      collapse: { key: roomKey(roomId), order: seq },
    },
  ]
}

/** A lower price on what can be had, another state: to those who watch it. Other changes are nobody's news. */
export function ofChange({ data, actorId }: EventOf<'listing.changed'>): Telling[] {
  const { before, status, price, title, id, seller } = data
  if (before === undefined) return []
  const shared = {
    to: { of: id, except: actorId === null ? [seller.id] : [seller.id, actorId] },
    url: `/listings/${id}`,
    photo: data.images[0]?.urls ?? null,
  }
  if (before.status !== status) return [{ ...shared, params: { type: 'listing_status', title, status } }]
  if (status !== 'on_sale' || price >= before.price) return []
  return [{ ...shared, params: { type: 'price_drop', title, from: before.price, to: price } }]
}

export const ofDeletion = (
  { data, actorId }: EventOf<'listing.deleted'>,
  title: string | null,
): Telling[] => [
  {
    to: { of: data.id, except: actorId === null ? [data.sellerId] : [data.sellerId, actorId] },
    params: { type: 'listing_status', title, status: 'deleted' },
    url: '/me/wishes',
  },
]

/** A deal closed without the wallet; one paid with it tells of its money (money-tellings.rules.ts). */
export function ofTrade(
  { type, data, actorId }: EventOf<'trade.completed'> | EventOf<'trade.undone'>,
  nameOf: NameOf,
): Telling[] {
  const what = type === 'trade.completed' ? 'completed' : 'undone'
  return [
    {
      to: data.buyerId === actorId ? [] : [data.buyerId],
      params: { type: 'trade', what, name: nameOf(data.sellerId), title: data.listingTitle },
      url: `/me/trades/${data.tradeId}`,
      byMail: 'never',
    },
  ]
}

export const ofReview = ({ data }: EventOf<'trade.reviewed'>, nameOf: NameOf): Telling[] => [
  {
    to: data.subjectId === data.authorId ? [] : [data.subjectId],
    params: { type: 'review', name: nameOf(data.authorId), title: data.listingTitle, shown: data.shown },
    url: `/me/trades/${data.tradeId}`,
  },
]

type AppointmentEvent =
  | EventOf<'appointment.set'>
  | EventOf<'appointment.cancelled'>
  | EventOf<'appointment.due'>
const APPOINTMENT_WORDS = {
  'appointment.set': 'set',
  'appointment.cancelled': 'cancelled',
  'appointment.due': 'due',
} as const

/** Each of the two reads the other's name; who set or cancelled it knows. */
export function ofAppointment({ type, data, actorId }: AppointmentEvent, nameOf: NameOf): Telling[] {
  const { sellerId, buyerId, place, meetAtMs } = data
  const pairs: [MemberId, MemberId][] = [
    [sellerId, buyerId],
    [buyerId, sellerId],
  ]
  return pairs
    .filter(([told]) => type === 'appointment.due' || told !== actorId)
    .map(([told, other]) => ({
      to: [told],
      params: { type: 'appointment', what: APPOINTMENT_WORDS[type], name: nameOf(other), place, meetAtMs },
      url: `/chat/${data.roomId}`,
    }))
}

export const ofAlert = ({ data }: EventOf<'alert.matched'>): Telling[] => [
  {
    to: [data.memberId],
    params: { type: 'keyword_alert', q: data.q, title: data.listingTitle, price: data.price },
    url: `/listings/${data.listingId}`,
    photo: data.image?.urls ?? null,
    // Two alerts of one member that fit the same thing tell of it once.
    source: `alert:${data.listingId}`,
  },
]

export function ofDecision({ data }: EventOf<'moderation.decided'>): Telling[] {
  const { act, reason, suspendedUntilMs: untilMs, decisionId } = data
  if (act === 'dismiss') return []
  return [
    {
      to: [data.memberId],
      params: { type: 'moderation', what: { kind: 'decided', act, reason, untilMs } },
      url: `/me/notices/${decisionId}`,
    },
  ]
}

export const ofClosedReport = ({ data }: EventOf<'moderation.report_closed'>): Telling[] => [
  {
    to: [data.reporterId],
    params: { type: 'moderation', what: { kind: 'report_closed', outcome: data.outcome } },
    url: '/me/reports',
  },
]

export const ofAppeal = ({ data }: EventOf<'moderation.appeal_decided'>): Telling[] => [
  {
    to: [data.memberId],
    params: {
      type: 'moderation',
      what: { kind: 'appeal_decided', outcome: data.outcome, answer: data.answer },
    },
    url: `/me/notices/${data.decisionId}`,
  },
]
