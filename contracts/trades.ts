import { z } from '@hono/zod-openapi'
import { ERROR_CODES } from './errors.ts'
import { AppointmentId, CouponId, ListingId, MemberId, RefundId, ReviewId, RoomId, TradeId } from './ids.ts'
import { Price, Seller } from './listings.ts'
import { Image } from './media.ts'
import { PageQuery } from './page.ts'
import { Amount } from './payments.ts'
import { longText, text } from './text.ts'

/** How long a seller may take back "sold to this buyer". */
export const UNDO_WINDOW_MS = 24 * 60 * 60 * 1000
/** Reviews stay hidden until both wrote or this long after the trade; after it nobody may write one. */
export const REVIEW_HIDDEN_MS = 14 * 24 * 60 * 60 * 1000
export const REMINDER_BEFORE_MS = 60 * 60 * 1000
/** From this long before its time both sides may say how the appointment went. */
export const OUTCOME_FROM_BEFORE_MS = 30 * 60 * 1000
export const OUTCOME_WINDOW_MS = 7 * 24 * 60 * 60 * 1000
export const APPOINTMENT_AHEAD_MAX_MS = 90 * 24 * 60 * 60 * 1000

/** A paid trade that nobody confirms, cancels or disputes ends for the seller after this long. */
export const RELEASE_AFTER_MS = 7 * 24 * 60 * 60 * 1000
/** The buyer is told this long before the money goes by itself. */
export const RELEASE_NOTICE_BEFORE_MS = 24 * 60 * 60 * 1000
/** So long a seller may give money back after a trade paid with the wallet is completed. */
export const REFUND_WINDOW_MS = 30 * 24 * 60 * 60 * 1000
/** The API answers a purchase with its outcome within this, or 202 with where to look. */
export const PURCHASE_ANSWER_MS = 3_000

export const TRADE_STATES = ['pending', 'paid', 'completed', 'cancelled', 'failed', 'disputed'] as const
export const TradeState = z.enum(TRADE_STATES).openapi('TradeState')
export type TradeState = z.infer<typeof TradeState>

export const ChooseBuyerRequest = z.strictObject({ memberId: MemberId }).openapi('ChooseBuyerRequest')

/** The thing traded, as it was when the trade was closed. */
export const TradedListing = z
  .object({ id: ListingId, title: z.string(), image: z.union([Image, z.null()]) })
  .openapi('TradedListing')

export const REVIEW_TAGS = [
  'kind',
  'punctual',
  'quick_reply',
  'as_described',
  'good_price',
  'well_kept',
  'late',
  'unkind',
  'slow_reply',
  'not_as_described',
  'haggled_on_site',
  'did_not_show',
] as const
export const ReviewTag = z.enum(REVIEW_TAGS).openapi('ReviewTag')
export type ReviewTag = z.infer<typeof ReviewTag>

export const WriteReviewRequest = z
  .strictObject({
    score: z.int().min(1).max(5),
    tags: z
      .array(ReviewTag)
      .max(6)
      .refine((tags) => new Set(tags).size === tags.length, { error: 'a tag may appear once' })
      .default([]),
    text: longText(1, 500).optional(),
  })
  .openapi('WriteReviewRequest')
export type WriteReview = z.infer<typeof WriteReviewRequest>

export const Review = z
  .object({
    id: ReviewId,
    tradeId: TradeId,
    author: Seller,
    role: z.enum(['seller', 'buyer']).openapi({ description: 'what the author was in the trade' }),
    score: z.int(),
    tags: z.array(ReviewTag),
    text: z.string().nullable(),
    listingTitle: z.string(),
    at: z.iso.datetime(),
  })
  .openapi('Review')
export type Review = z.infer<typeof Review>

/** A purchase with the wallet. `expectedPrice` is the price the buyer was shown: a changed one is refused, nothing moves. */
export const BuyRequest = z
  .strictObject({ listingId: ListingId, couponId: CouponId.optional(), expectedPrice: Price })
  .openapi('BuyRequest')
export type Buy = z.infer<typeof BuyRequest>

/** Four digits the buyer shows and the seller enters: the thing goes over, the money goes over. */
export const HandoverCode = z
  .string()
  .regex(/^\d{4}$/)
  .openapi({ example: '0417' })
export const HandOverRequest = z.strictObject({ code: HandoverCode }).openapi('HandOverRequest')

export const DISPUTE_REASONS = ['not_received', 'not_as_described', 'broken', 'no_show', 'other'] as const
export const DisputeRequest = z
  .strictObject({ reason: z.enum(DISPUTE_REASONS), text: longText(2, 1000) })
  .openapi('DisputeRequest')
/** How much of what the buyer paid goes back: all of it undoes the trade, part of it or nothing completes it. */
export const DecideDisputeRequest = z
  .strictObject({ refund: z.int().min(0).max(999_999_999), reason: longText(2, 1000) })
  .openapi('DecideDisputeRequest')
/** Money the seller gives back: at once after completion, with the release while it is paid. */
export const RefundRequest = z
  .strictObject({ amount: Amount, reason: text(1, 100).optional() })
  .openapi('RefundRequest')

export const Refund = z
  .object({
    id: RefundId,
    amount: z.int(),
    by: z.enum(['seller', 'operator']),
    reason: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Refund')
export type Refund = z.infer<typeof Refund>

export const Dispute = z
  .object({
    openedBy: z.enum(['seller', 'buyer']),
    reason: z.enum(DISPUTE_REASONS),
    text: z.string(),
    openedAt: z.iso.datetime(),
    decision: z.union([z.object({ refund: z.int(), reason: z.string(), at: z.iso.datetime() }), z.null()]),
  })
  .openapi('Dispute')
export type Dispute = z.infer<typeof Dispute>

/** The money of a trade paid with the wallet. `price` = `paid` + `discount`; the seller gets `price` − `refunded`. */
export const Escrow = z
  .object({
    paid: z.int().openapi({ description: 'what the buyer pays, the discount taken off' }),
    discount: z.int().openapi({ description: 'what the promotion account pays' }),
    coupon: z.union([z.object({ id: CouponId, title: z.string() }), z.null()]),
    refunded: z.int(),
    refunds: z.array(Refund),
    /** When the money goes to the seller by itself; null when that is not going to happen (ended, disputed). */
    releaseAt: z.iso.datetime().nullable(),
    /** Shown to the buyer alone while the trade is paid. */
    handoverCode: z.string().nullable(),
    dispute: z.union([Dispute, z.null()]),
    /** How it ended: by the code, by the buyer's word, by silence, by a cancel of either side, by an operator. */
    ended: z.union([z.enum(['code', 'confirmed', 'silence', 'cancelled', 'decided']), z.null()]),
  })
  .openapi('Escrow')
export type Escrow = z.infer<typeof Escrow>

/** A trade as one of its two sides sees it. */
export const Trade = z
  .object({
    id: TradeId,
    state: TradeState,
    listing: TradedListing,
    price: z.int(),
    currency: z.literal('KRW'),
    role: z.enum(['seller', 'buyer']),
    peer: Seller,
    roomId: z.union([RoomId, z.null()]),
    completedAt: z.iso.datetime().nullable(),
    /** Until when the seller may undo it; null when that is over or not theirs. */
    undoUntil: z.iso.datetime().nullable(),
    /** Null for a deal closed without the wallet. */
    escrow: z.union([Escrow, z.null()]),
    /** Why it failed; null unless it did. */
    failure: z.union([z.enum(ERROR_CODES), z.null()]),
    review: z.object({
      /** What I wrote; null until then. */
      mine: z.union([Review, z.null()]),
      /** What they wrote; null until both wrote or the time is over, even when it is there. */
      theirs: z.union([Review, z.null()]),
      canWriteUntil: z.iso.datetime().nullable(),
      showsAt: z.iso.datetime().nullable(),
    }),
    createdAt: z.iso.datetime(),
  })
  .openapi('Trade')
export type Trade = z.infer<typeof Trade>

export const ListTradesQuery = PageQuery

/** A disputed trade as an operator sees it: both sides, the money, what was said. */
export const DisputedTrade = z
  .object({
    id: TradeId,
    state: TradeState,
    listing: TradedListing,
    price: z.int(),
    seller: Seller,
    buyer: Seller,
    roomId: z.union([RoomId, z.null()]),
    escrow: Escrow,
    createdAt: z.iso.datetime(),
  })
  .openapi('DisputedTrade')
export type DisputedTrade = z.infer<typeof DisputedTrade>
export const ListDisputesQuery = PageQuery.extend({ state: z.enum(['open', 'decided']).default('open') })

export const SetAppointmentRequest = z
  .strictObject({ roomId: RoomId, place: text(2, 60), at: z.iso.datetime() })
  .openapi('SetAppointmentRequest')
export const MoveAppointmentRequest = z
  .strictObject({ place: text(2, 60).optional(), at: z.iso.datetime().optional() })
  .openapi('MoveAppointmentRequest')

export const OUTCOMES = ['kept', 'late', 'missed'] as const
export const Outcome = z.enum(OUTCOMES).openapi('Outcome')
export type Outcome = z.infer<typeof Outcome>
/** How the OTHER side kept the appointment; said once, may be changed until both said. */
export const SayOutcomeRequest = z.strictObject({ outcome: Outcome })

export const Appointment = z
  .object({
    id: AppointmentId,
    roomId: RoomId,
    listingId: ListingId,
    place: z.string(),
    at: z.iso.datetime(),
    state: z.enum(['set', 'cancelled', 'over']),
    setBy: MemberId,
    peer: Seller,
    /** What I said of them, and whether they have said something of me. */
    mySaying: z.union([Outcome, z.null()]),
    peerHasSaid: z.boolean(),
    canSayFrom: z.iso.datetime(),
    canSayUntil: z.iso.datetime(),
  })
  .openapi('Appointment')
export type Appointment = z.infer<typeof Appointment>
/** `roomId`: the appointment of that room that is set or was the last. Without it: mine to come, the nearest first. */
export const ListAppointmentsQuery = PageQuery.extend({ roomId: RoomId.optional() })

/** What a profile says of a member: figures, never a single vague score. */
export const Reputation = z
  .object({
    memberId: MemberId,
    trades: z.object({ sold: z.int(), bought: z.int() }),
    appointments: z.object({ kept: z.int(), late: z.int(), missed: z.int() }),
    reviews: z.object({
      count: z.int(),
      /** Null below one review. */
      averageScore: z.number().nullable(),
      tags: z.array(z.object({ tag: ReviewTag, count: z.int() })),
    }),
  })
  .openapi('Reputation')
export type Reputation = z.infer<typeof Reputation>
