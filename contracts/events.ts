import { z } from '@hono/zod-openapi'
import { GroupBuyState } from './group-buys.ts'
import { GUARDRAIL_RULES } from './guardrail.ts'
import {
  AlertId,
  AppealId,
  AppointmentId,
  CampaignId,
  ChargeId,
  CommentId,
  CouponId,
  DecisionId,
  EventId,
  GroupBuyId,
  ImageId,
  ListingId,
  MemberId,
  PayoutId,
  ReportId,
  RoomId,
  TradeId,
  TransferId,
} from './ids.ts'
import { Category, Counts, ListingStatus, Seller } from './listings.ts'
import { Image } from './media.ts'
import { Act, YardRule } from './moderation.ts'

const envelope = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    id: EventId,
    type: z.literal(type),
    v: z.literal(1),
    /** When it happened, ms since 1970. */
    at: z.int(),
    aggregateId: z.string(),
    /** Grows by one with each change of the aggregate; hearers ignore what is older than they have. */
    version: z.int().min(1),
    actorId: MemberId.nullable(),
    requestId: z.string(),
    data,
  })

/** A listing whole, as other domains project it. The position is already rounded to 0.001°. */
export const ListingSnapshot = z.object({
  id: ListingId,
  seller: Seller,
  title: z.string(),
  description: z.string(),
  category: Category,
  price: z.int(),
  status: ListingStatus,
  images: z.array(Image),
  region: z.string().nullable(),
  location: z.object({ lat: z.number(), lng: z.number() }).nullable(),
  counts: Counts,
  createdAtMs: z.int(),
  bumpedAtMs: z.int(),
})
export type ListingSnapshot = z.infer<typeof ListingSnapshot>

const MemberFace = z.object({ memberId: MemberId, nickname: z.string(), photoId: ImageId.nullable() })

export const MemberJoined = envelope('member.joined', MemberFace)
export const MemberProfileChanged = envelope('member.profile_changed', MemberFace)
export const MemberWithdrawn = envelope('member.withdrawn', z.object({ memberId: MemberId }))
export const ListingPosted = envelope('listing.posted', ListingSnapshot)
/** Any change a hearer may show: text, price, status, photos, bump. `changed` names the fields, `before` what some were. */
export const ListingChanged = envelope(
  'listing.changed',
  ListingSnapshot.extend({
    changed: z.array(z.string()),
    /** Absent in facts written before it was told. */
    before: z.object({ price: z.int(), status: ListingStatus }).optional(),
  }),
)
export const ListingDeleted = envelope('listing.deleted', z.object({ id: ListingId, sellerId: MemberId }))
/** Counters as they stand; written at most every few seconds a listing, by the sweep. Versioned on its own. */
export const ListingCounted = envelope('listing.counted', z.object({ id: ListingId, counts: Counts }))
export const ListingWished = envelope(
  'listing.wished',
  z.object({
    listingId: ListingId,
    /** Absent in facts written before it was told. */
    listingTitle: z.string().optional(),
    sellerId: MemberId,
    memberId: MemberId,
  }),
)
export const ListingUnwished = envelope(
  'listing.unwished',
  z.object({ listingId: ListingId, memberId: MemberId }),
)
export const CommentPosted = envelope(
  'comment.posted',
  z.object({
    id: CommentId,
    listingId: ListingId,
    listingTitle: z.string().optional(),
    sellerId: MemberId,
    authorId: MemberId,
    parentAuthorId: MemberId.nullable(),
    text: z.string(),
  }),
)

export const RoomOpened = envelope(
  'chat.room_opened',
  z.object({ roomId: RoomId, listingId: ListingId, sellerId: MemberId, buyerId: MemberId }),
)
/**
 * `recipientIds` are those to be told: members who are not looking at the room, did not mute it and blocked nobody. Of a group, at most its
 * MEMBERS_MAX and only who has read all they were told of before, or was not told for an hour.
 */
export const MessageSent = envelope(
  'chat.message_sent',
  z.object({
    roomId: RoomId,
    /** Null in the room of a group buy. */
    listingId: ListingId.nullable(),
    /** Absent in facts written before there were rooms of group buys. */
    groupBuyId: GroupBuyId.nullable().optional(),
    /** What the room is about: a listing's title, or a group buy's. */
    listingTitle: z.string(),
    seq: z.int(),
    senderId: MemberId,
    recipientIds: z.array(MemberId),
    kind: z.enum(['text', 'image']),
    /** The first words; empty for a photo. */
    preview: z.string(),
    warnings: z.array(z.enum(GUARDRAIL_RULES)),
  }),
)
/** A member has read everything there was up to `seq`. */
export const RoomRead = envelope(
  'chat.room_read',
  z.object({ roomId: RoomId, memberId: MemberId, seq: z.int() }),
)

const TradeFacts = z.object({
  tradeId: TradeId,
  listingId: ListingId,
  listingTitle: z.string(),
  sellerId: MemberId,
  buyerId: MemberId,
  price: z.int(),
})
/** The money of a trade paid with the wallet: the seller gets price − refunded. */
const EscrowFacts = TradeFacts.extend({ paid: z.int(), discount: z.int(), refunded: z.int() })
/** `escrow` is absent for a deal closed without the wallet. `actorId` is null when the money went by silence or an operator's word. */
export const TradeCompleted = envelope(
  'trade.completed',
  TradeFacts.extend({ escrow: z.object({ paid: z.int(), discount: z.int(), refunded: z.int() }).optional() }),
)
export const TradePaid = envelope('trade.paid', EscrowFacts.extend({ releaseAtMs: z.int() }))
/** Cancelled by a side or undone by an operator after it was paid: everything went back. */
export const TradeCancelled = envelope('trade.cancelled', EscrowFacts)
export const TradeDisputed = envelope('trade.disputed', EscrowFacts.extend({ reason: z.string() }))
/** An operator decided a dispute. `refund` is what goes back to the buyer. */
export const TradeDecided = envelope(
  'trade.decided',
  EscrowFacts.extend({ refund: z.int(), reason: z.string() }),
)
/** The seller gave part of the price back. */
export const TradeRefunded = envelope('trade.refunded', EscrowFacts.extend({ refund: z.int() }))
/** A day before the money goes to the seller by itself. */
export const TradeReleaseDue = envelope('trade.release_due', EscrowFacts.extend({ releaseAtMs: z.int() }))
export const TradeUndone = envelope('trade.undone', TradeFacts)
/** `shown` once both wrote; what was written is not told. */
export const TradeReviewed = envelope(
  'trade.reviewed',
  TradeFacts.extend({ authorId: MemberId, subjectId: MemberId, shown: z.boolean() }),
)

const AppointmentFacts = z.object({
  appointmentId: AppointmentId,
  roomId: RoomId,
  listingId: ListingId,
  sellerId: MemberId,
  buyerId: MemberId,
  place: z.string(),
  /** When they meet, ms since 1970. */
  meetAtMs: z.int(),
})
/** Made, or moved to another place or time. */
export const AppointmentSet = envelope('appointment.set', AppointmentFacts)
export const AppointmentCancelled = envelope('appointment.cancelled', AppointmentFacts)
/** An hour before it. */
export const AppointmentDue = envelope('appointment.due', AppointmentFacts)

export const AlertMatched = envelope(
  'alert.matched',
  z.object({
    alertId: AlertId,
    memberId: MemberId,
    q: z.string(),
    listingId: ListingId,
    listingTitle: z.string(),
    price: z.int(),
    image: z.union([Image, z.null()]),
  }),
)

/** A top-up was credited. `actorId` is null when the provider's word came before the member's. */
export const WalletCharged = envelope(
  'wallet.charged',
  z.object({ chargeId: ChargeId, memberId: MemberId, amount: z.int() }),
)
export const WalletTransferred = envelope(
  'wallet.transferred',
  z.object({
    transferId: TransferId,
    fromId: MemberId,
    toId: MemberId,
    amount: z.int(),
    memo: z.string().nullable(),
  }),
)
const PayoutFacts = z.object({ payoutId: PayoutId, memberId: MemberId, amount: z.int() })
export const WalletPaidOut = envelope('wallet.paid_out', PayoutFacts)
/** The bank refused it; the money is back in the wallet. */
export const WalletPayoutFailed = envelope('wallet.payout_failed', PayoutFacts)
/** A day before a coupon ends that can still be used. */
export const CouponExpiring = envelope(
  'coupon.expiring',
  z.object({
    couponId: CouponId,
    campaignId: CampaignId,
    memberId: MemberId,
    title: z.string(),
    expiresAtMs: z.int(),
  }),
)

/**
 * A group buy as other domains project it, with the size of a card and what can be found of it. The position is already rounded to
 * 0.001°; of the photos it has the first.
 */
export const GroupBuySnapshot = z.object({
  id: GroupBuyId,
  host: MemberFace,
  title: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  category: Category,
  unitPrice: z.int(),
  unit: z.string(),
  totalUnits: z.int(),
  minUnits: z.int(),
  hostUnits: z.int(),
  /** The host's own included. */
  filledUnits: z.int(),
  members: z.int(),
  waiting: z.int(),
  state: GroupBuyState,
  deadlineMs: z.int(),
  cover: z.object({ id: ImageId, width: z.int(), height: z.int() }).nullable(),
  region: z.string().nullable(),
  location: z.object({ lat: z.number(), lng: z.number() }).nullable(),
  shopUnitPrice: z.int().nullable(),
  createdAtMs: z.int(),
})
export type GroupBuySnapshot = z.infer<typeof GroupBuySnapshot>
export const GroupBuyOpened = envelope('group_buy.opened', GroupBuySnapshot)
/** Any change a hearer may show: words, terms, state; and who is in it, as often as the claims are brought to the database. */
export const GroupBuyChanged = envelope('group_buy.changed', GroupBuySnapshot)

/** `memberIds` are those who are in it, without the host. */
const GroupBuyFacts = z.object({
  groupBuyId: GroupBuyId,
  title: z.string(),
  hostId: MemberId,
  memberIds: z.array(MemberId),
})
/**
 * Of those who came and went together only the last fact says who is in it by then; null in the others. A crowd of hundreds would be told
 * of hundreds each.
 */
const MembersUnits = GroupBuyFacts.extend({
  memberIds: z.array(MemberId).nullable(),
  memberId: MemberId,
  units: z.int(),
  remainingUnits: z.int(),
  /** How many did the same right before this one and are told of with it; absent in facts from before they were. */
  others: z.int().default(0),
})
export const GroupBuyJoined = envelope('group_buy.joined', MembersUnits)
export const GroupBuyLeft = envelope('group_buy.left', MembersUnits)
/** Somebody left, and the first who waited got their units. */
export const GroupBuyPromoted = envelope('group_buy.promoted', MembersUnits)
/** The first who waited could not pay and lost their place. */
export const GroupBuyPassedOver = envelope('group_buy.passed_over', MembersUnits)
/** So many hours before the deadline. */
export const GroupBuyClosing = envelope(
  'group_buy.closing',
  GroupBuyFacts.extend({ hours: z.int(), remainingUnits: z.int() }),
)
/** All units are taken, or the deadline came with the minimum. */
export const GroupBuyFilled = envelope('group_buy.filled', GroupBuyFacts)
/** The deadline came without the minimum: all money is back. */
export const GroupBuyFailed = envelope('group_buy.failed', GroupBuyFacts)
/** Its host called it off, the members voted against it, or the host let the time of a step pass: all money is back. */
export const GroupBuyCancelled = envelope('group_buy.cancelled', GroupBuyFacts)
export const GroupBuyPurchasing = envelope('group_buy.purchasing', GroupBuyFacts)
/** The real cost is above what was agreed by more than 5 %. */
export const GroupBuyVoteOpened = envelope(
  'group_buy.vote_opened',
  GroupBuyFacts.extend({ total: z.int(), closesAtMs: z.int() }),
)
export const GroupBuyArrived = envelope('group_buy.arrived', GroupBuyFacts.extend({ place: z.string() }))
/** A day is left to the host for a step of theirs; past it everybody has their money back, or (hand_over) it is settled. */
export const GroupBuyHostDue = envelope(
  'group_buy.host_due',
  GroupBuyFacts.extend({ step: z.enum(['receipt', 'arrival', 'hand_over']), untilMs: z.int() }),
)
/** The host was paid; what was held beyond the real cost is back. */
export const GroupBuySettled = envelope('group_buy.settled', GroupBuyFacts.extend({ total: z.int() }))

const Blocking = z.object({ memberId: MemberId, blockedId: MemberId })
export const MemberBlocked = envelope('member.blocked', Blocking)
export const MemberUnblocked = envelope('member.unblocked', Blocking)
/** What the member it concerns is told. `actorId` is null: who decided stays with the operators. */
export const ModerationDecided = envelope(
  'moderation.decided',
  z.object({
    decisionId: DecisionId,
    memberId: MemberId,
    act: Act,
    rule: YardRule,
    reason: z.string(),
    excerpt: z.string(),
    suspendedUntilMs: z.int().nullable(),
  }),
)
export const ReportClosed = envelope(
  'moderation.report_closed',
  z.object({ reportId: ReportId, reporterId: MemberId, outcome: z.enum(['dismissed', 'acted']) }),
)
export const AppealDecided = envelope(
  'moderation.appeal_decided',
  z.object({
    appealId: AppealId,
    decisionId: DecisionId,
    memberId: MemberId,
    outcome: z.enum(['upheld', 'overturned']),
    answer: z.string(),
  }),
)

export const MadangEvent = z.discriminatedUnion('type', [
  MemberJoined,
  MemberProfileChanged,
  MemberWithdrawn,
  ListingPosted,
  ListingChanged,
  ListingDeleted,
  ListingCounted,
  ListingWished,
  ListingUnwished,
  CommentPosted,
  RoomOpened,
  MessageSent,
  RoomRead,
  TradeCompleted,
  TradePaid,
  TradeCancelled,
  TradeDisputed,
  TradeDecided,
  TradeRefunded,
  TradeReleaseDue,
  TradeUndone,
  TradeReviewed,
  AppointmentSet,
  AppointmentCancelled,
  AppointmentDue,
  AlertMatched,
  WalletCharged,
  WalletTransferred,
  WalletPaidOut,
  WalletPayoutFailed,
  CouponExpiring,
  GroupBuyOpened,
  GroupBuyChanged,
  GroupBuyJoined,
  GroupBuyLeft,
  GroupBuyPromoted,
  GroupBuyPassedOver,
  GroupBuyClosing,
  GroupBuyFilled,
  GroupBuyFailed,
  GroupBuyCancelled,
  GroupBuyPurchasing,
  GroupBuyVoteOpened,
  GroupBuyArrived,
  GroupBuyHostDue,
  GroupBuySettled,
  MemberBlocked,
  MemberUnblocked,
  ModerationDecided,
  ReportClosed,
  AppealDecided,
])
export type MadangEvent = z.infer<typeof MadangEvent>
export type EventType = MadangEvent['type']
export type EventOf<Type extends EventType> = Extract<MadangEvent, { type: Type }>
