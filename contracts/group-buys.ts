import { z } from '@hono/zod-openapi'
import { ERROR_CODES } from './errors.ts'
import { GroupBuyId, ImageId, MemberId, RoomId } from './ids.ts'
import { Category, Price, Seller } from './listings.ts'
import { IMAGES_PER_LISTING_MAX, Image } from './media.ts'
import { PageQuery } from './page.ts'
import { NearQuery, Position, RadiusKmQuery, Region } from './place.ts'
import { longText, text } from './text.ts'

export const UNITS_MAX = 10_000
export const MEMBERS_MAX = 500
/** A group buy is open for at least so long and at most so long. */
export const DEADLINE_AHEAD_MIN_MS = 10 * 60 * 1000
export const DEADLINE_AHEAD_MAX_MS = 60 * 24 * 60 * 60 * 1000
/** From so many members on the waiting list nobody more is put on it. */
export const WAITING_MAX = 200
/** A real cost beyond what was agreed by more than this needs the members' votes. */
export const RISE_WITHOUT_VOTE_PERCENT = 5
export const VOTE_OPEN_MS = 24 * 60 * 60 * 1000
/** Members are reminded so many hours before the deadline. */
export const REMINDERS_BEFORE_HOURS = [24, 12, 6, 3, 1] as const
/** A host has so many group buys that are not over, and no more. */
export const OPEN_OF_HOST_MAX = 10
/** A host who sends no receipt within this after it filled gives everybody their money back (GROUP_BUY_OVERDUE). */
export const PURCHASE_WITHIN_MS = 7 * 24 * 60 * 60 * 1000
/** The same for one who tells of no arrival within this after the first receipt. */
export const ARRIVE_WITHIN_MS = 21 * 24 * 60 * 60 * 1000
/** After the arrival members who never came are settled with the others once this is over. */
export const HAND_OVER_WITHIN_MS = 7 * 24 * 60 * 60 * 1000
/** So long before the time of a step is over its host is reminded. */
export const HOST_REMINDED_BEFORE_MS = 24 * 60 * 60 * 1000

/**
 * recruiting → filled (all units taken, or the deadline with the minimum) → purchasing → arrived → handing_over → settled;
 * recruiting → failed (deadline without the minimum); anything before settled → cancelled: by its host, by a vote (VOTE_CLOSED), or by
 * itself when its host lets the time of a step pass (GROUP_BUY_OVERDUE).
 */
export const GROUP_BUY_STATES = [
  'recruiting',
  'filled',
  'purchasing',
  'arrived',
  'handing_over',
  'settled',
  'failed',
  'cancelled',
] as const
export const GroupBuyState = z.enum(GROUP_BUY_STATES).openapi('GroupBuyState')
export type GroupBuyState = z.infer<typeof GroupBuyState>

/** A page of a shop; shown as a link, never fetched by us. */
const ProductUrl = z.url({ protocol: /^https?$/ }).max(1024)
const PickupSlot = z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime() })
/** Where and when it is handed over. A mere text is a place without times. */
export const Pickup = z
  .union([
    text(2, 100).transform((place) => ({ place, slots: [] as z.infer<typeof PickupSlot>[] })),
    z.strictObject({ place: text(2, 100), slots: z.array(PickupSlot).max(5).default([]) }),
  ])
  .openapi('Pickup', { type: 'object' })
export type Pickup = { place: string; slots: { from: string; until: string }[] }

export const OpenGroupBuyRequest = z
  .strictObject({
    title: text(2, 60),
    description: longText(1, 4000),
    productUrl: ProductUrl.optional(),
    category: Category,
    /** Won for one unit. */
    unitPrice: Price.min(1),
    /** What is counted: 개, kg, 병 … */
    unit: text(1, 10),
    totalUnits: z.int().min(2).max(UNITS_MAX),
    minUnits: z.int().min(1).max(UNITS_MAX),
    /** The host's own units, of the total; they pay for them themselves. */
    hostUnits: z.int().min(0).max(UNITS_MAX).default(0),
    deadline: z.iso.datetime(),
    pickup: Pickup,
    imageIds: z.array(ImageId).max(IMAGES_PER_LISTING_MAX).default([]),
    keywords: z.array(text(1, 20)).max(10).default([]),
    location: Position.optional(),
    region: Region.optional(),
    /** What one unit costs in the shop, for comparison. */
    shopUnitPrice: Price.optional(),
  })
  .refine(({ minUnits, totalUnits }) => minUnits <= totalUnits, {
    path: ['minUnits'],
    error: 'not above totalUnits',
  })
  .refine(({ hostUnits, totalUnits }) => hostUnits < totalUnits, {
    path: ['hostUnits'],
    error: 'below totalUnits',
  })
  .openapi('OpenGroupBuyRequest')
export type OpenGroupBuy = z.infer<typeof OpenGroupBuyRequest>

/**
 * Money, units and deadline are what members joined on: they change only while nobody but the host is in it (GROUP_BUY_JOINED). Everything
 * else changes until it is over; null takes the shop's page or price away. What is counted and where it is stand.
 */
export const EditGroupBuyRequest = z
  .strictObject({
    title: text(2, 60).optional(),
    description: longText(1, 4000).optional(),
    productUrl: ProductUrl.nullable().optional(),
    category: Category.optional(),
    unitPrice: Price.min(1).optional(),
    totalUnits: z.int().min(2).max(UNITS_MAX).optional(),
    minUnits: z.int().min(1).max(UNITS_MAX).optional(),
    hostUnits: z.int().min(0).max(UNITS_MAX).optional(),
    deadline: z.iso.datetime().optional(),
    pickup: Pickup.optional(),
    imageIds: z.array(ImageId).max(IMAGES_PER_LISTING_MAX).optional(),
    keywords: z.array(text(1, 20)).max(10).optional(),
    shopUnitPrice: Price.nullable().optional(),
  })
  .openapi('EditGroupBuyRequest')
export type EditGroupBuy = z.infer<typeof EditGroupBuyRequest>

export const GroupBuyCard = z
  .object({
    id: GroupBuyId,
    title: z.string(),
    category: Category,
    unitPrice: z.int(),
    currency: z.literal('KRW'),
    unit: z.string(),
    totalUnits: z.int(),
    minUnits: z.int(),
    hostUnits: z.int(),
    filledUnits: z.int().openapi({ description: 'the host’s own included' }),
    remainingUnits: z.int(),
    members: z.int().openapi({ description: 'who joined, the host not counted' }),
    waiting: z.int(),
    state: GroupBuyState,
    deadline: z.iso.datetime(),
    images: z.array(Image).openapi({ description: 'in a list the first one only' }),
    host: Seller,
    region: z.string().nullable(),
    distanceKm: z.number().optional(),
    shopUnitPrice: z.int().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('GroupBuyCard')
export type GroupBuyCard = z.infer<typeof GroupBuyCard>

export const GroupBuy = GroupBuyCard.extend({
  description: z.string(),
  productUrl: z.string().nullable(),
  pickup: z.object({ place: z.string(), slots: z.array(z.object({ from: z.string(), until: z.string() })) }),
  keywords: z.array(z.string()),
  /** How the host’s earlier ones went. */
  hostRecord: z.object({ settled: z.int(), failed: z.int(), cancelled: z.int() }),
}).openapi('GroupBuy')
export type GroupBuy = z.infer<typeof GroupBuy>

export const GROUP_BUY_SORTS = ['newest', 'ending', 'remaining', 'distance'] as const
export const ListGroupBuysQuery = PageQuery.extend({
  q: text(1, 60).optional(),
  category: Category.optional(),
  state: GroupBuyState.optional(),
  hostId: MemberId.optional(),
  near: NearQuery.optional(),
  radiusKm: RadiusKmQuery.optional(),
  sort: z.enum(GROUP_BUY_SORTS).default('newest'),
})
export type ListGroupBuys = z.infer<typeof ListGroupBuysQuery>

/** How many units I want in all: joining and changing are the same. `wait` puts what is not to be had on the waiting list. */
export const ClaimUnitsRequest = z
  .strictObject({ units: z.int().min(1).max(UNITS_MAX), wait: z.boolean().default(false) })
  .openapi('ClaimUnitsRequest')
export const UnitsClaim = z
  .object({
    units: z.int(),
    /** Won put aside in my wallet for them. */
    held: z.int(),
    remainingUnits: z.int(),
    /** My place on the waiting list, from 1, and for how many units; null when I am not on it. */
    waiting: z.union([z.object({ units: z.int(), place: z.int() }), z.null()]),
  })
  .openapi('UnitsClaim')
export type UnitsClaim = z.infer<typeof UnitsClaim>

/** What came of it for one member, once the real cost is known. */
export const Share = z
  .object({
    member: Seller,
    units: z.int(),
    held: z.int(),
    share: z.int().openapi({
      description: 'of goods and shipping, by units; won left over go to the largest remainders',
    }),
    refund: z.int(),
    checkedInAt: z.iso.datetime().nullable(),
  })
  .openapi('GroupBuyShare')
export type Share = z.infer<typeof Share>
export const Settlement = z
  .object({
    goods: z.int(),
    shipping: z.int(),
    total: z.int(),
    receipt: z.union([Image, z.null()]),
    shares: z.array(Share),
    /** Only when the total is above what was agreed by more than 5 %. */
    vote: z.union([
      z.object({
        closesAt: z.iso.datetime(),
        yes: z.int(),
        no: z.int(),
        of: z.int(),
        mine: z.boolean().nullable(),
      }),
      z.null(),
    ]),
  })
  .openapi('Settlement')
export type Settlement = z.infer<typeof Settlement>

export const MY_GROUP_BUY_ROLES = ['host', 'member', 'waiting'] as const
export type MyGroupBuyRole = (typeof MY_GROUP_BUY_ROLES)[number]
/** What only its host and members see. */
export const MyGroupBuy = z
  .object({
    groupBuy: GroupBuy,
    role: z.enum(MY_GROUP_BUY_ROLES),
    claim: UnitsClaim,
    /** The member shows it at the pick-up, the host enters it; null for the host and before the arrival. */
    checkInCode: z.string().nullable(),
    roomId: z.union([RoomId, z.null()]),
    members: z.array(z.object({ member: Seller, units: z.int(), checkedInAt: z.iso.datetime().nullable() })),
    settlement: z.union([Settlement, z.null()]),
    failure: z.union([z.enum(ERROR_CODES), z.null()]),
    /** By when the host has to take the next step (receipt, arrival, hand-over); null when none is theirs. */
    nextStepBy: z.iso.datetime().nullable(),
  })
  .openapi('MyGroupBuy')
export type MyGroupBuy = z.infer<typeof MyGroupBuy>
/** `waiting`: on the waiting list and nothing else of mine in it. */
export const ListMyGroupBuysQuery = PageQuery.extend({ role: z.enum(MY_GROUP_BUY_ROLES).default('member') })

/** The host bought it: the receipt with the real cost. */
export const ReceiptRequest = z
  .strictObject({
    goods: z.int().min(0).max(999_999_999),
    shipping: z.int().min(0).max(9_999_999),
    imageId: ImageId.optional(),
  })
  .openapi('ReceiptRequest')
export const VoteRequest = z.strictObject({ agree: z.boolean() }).openapi('VoteRequest')
export const CheckInRequest = z.strictObject({ code: z.string().regex(/^\d{4}$/) }).openapi('CheckInRequest')
