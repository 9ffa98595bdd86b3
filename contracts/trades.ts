import { z } from '@hono/zod-openapi'
import { AppointmentId, ListingId, MemberId, ReviewId, RoomId, TradeId } from './ids.ts'
import { Seller } from './listings.ts'
import { Image } from './media.ts'
import { PageQuery } from './page.ts'
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
