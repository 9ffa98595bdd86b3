import { z } from '@hono/zod-openapi'
import { CampaignId, CouponId, TradeId } from './ids.ts'
import { Category, Price } from './listings.ts'
import { PageQuery } from './page.ts'
import { longText, text } from './text.ts'

export { discountFor, discountOf } from './discount.ts'

export const COUPONS_A_DAY_MAX = 10_000
export const VALID_DAYS_MAX = 90

export const Discount = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('amount'), amount: z.int().min(1).max(1_000_000) }),
    z.strictObject({
      kind: z.literal('percent'),
      percent: z.int().min(1).max(100),
      cap: z.int().min(1).max(1_000_000),
    }),
  ])
  .openapi('Discount')
export type Discount = z.infer<typeof Discount>

const Terms = {
  discount: Discount,
  /** The price from which it may be used. */
  minSpend: Price,
  /** Empty: everything. */
  categories: z.array(Category).max(18),
}
export type CouponTerms = { discount: Discount; minSpend: number; categories: readonly Category[] }

const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .openapi({ example: '2026-11-21' })
const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .openapi({ example: '13:00' })
/** When it opens: once, or each day of the town at the same time until midnight. */
export const Rhythm = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('once'), opensAt: z.iso.datetime(), closesAt: z.iso.datetime() }),
    z.strictObject({ kind: z.literal('daily'), opensAtTime: TimeOfDay, from: Day, until: Day }),
  ])
  .openapi('Rhythm')
export type Rhythm = z.infer<typeof Rhythm>

export const OpenCampaignRequest = z
  .strictObject({
    title: text(2, 40),
    description: longText(1, 500).optional(),
    ...Terms,
    /** Coupons each day (`daily`) or in all (`once`). */
    total: z.int().min(1).max(COUPONS_A_DAY_MAX),
    perMemberADay: z.int().min(1).max(10).default(1),
    /** Null: as many as there are days. */
    perMemberInAll: z.union([z.int().min(1).max(1000), z.null()]).default(null),
    rhythm: Rhythm,
    validForDays: z.int().min(1).max(VALID_DAYS_MAX).default(31),
  })
  .openapi('OpenCampaignRequest')
export type OpenCampaign = z.infer<typeof OpenCampaignRequest>

/** A paused campaign gives out nothing; what was claimed stays good. `ended` is for good. */
export const EditCampaignRequest = z
  .strictObject({
    title: text(2, 40).optional(),
    description: longText(1, 500).optional(),
    state: z.enum(['running', 'paused', 'ended']).optional(),
  })
  .openapi('EditCampaignRequest')

export const CAMPAIGN_STATES = ['scheduled', 'open', 'sold_out', 'paused', 'ended'] as const
export const Campaign = z
  .object({
    id: CampaignId,
    title: z.string(),
    description: z.string().nullable(),
    discount: Discount,
    minSpend: z.int(),
    categories: z.array(Category),
    total: z.int(),
    perMemberADay: z.int(),
    perMemberInAll: z.int().nullable(),
    rhythm: Rhythm,
    validForDays: z.int(),
    state: z.enum(CAMPAIGN_STATES),
    /** The day that is open, or the next one to open, or the last one there was. */
    day: Day,
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime(),
    remaining: z.int(),
    /** The server's clock when this was said: countdowns go by it. */
    now: z.iso.datetime(),
  })
  .openapi('Campaign')
export type Campaign = z.infer<typeof Campaign>
/** The part that moves, for those who watch. */
export const CampaignPulse = Campaign.pick({
  id: true,
  state: true,
  day: true,
  opensAt: true,
  closesAt: true,
  remaining: true,
  now: true,
}).openapi('CampaignPulse')
export type CampaignPulse = z.infer<typeof CampaignPulse>

export const COUPON_STATES = ['usable', 'held', 'used', 'expired'] as const
export const Coupon = z
  .object({
    id: CouponId,
    campaignId: CampaignId,
    title: z.string(),
    discount: Discount,
    minSpend: z.int(),
    categories: z.array(Category),
    /** `held`: a purchase under way has it. */
    state: z.enum(COUPON_STATES),
    day: Day,
    sequence: z.int(),
    issuedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    tradeId: z.union([TradeId, z.null()]),
  })
  .openapi('Coupon')
export type Coupon = z.infer<typeof Coupon>
/** Without `state`: those that can still be used, the first to expire first. */
export const ListCouponsQuery = PageQuery.extend({ state: z.enum(COUPON_STATES).optional() })

/** `sequence` is the place among the day's winners, from 1; `receipt` is a compact JWS that anyone can check after the close. */
export const Claim = z
  .object({ couponId: CouponId, sequence: z.int(), receipt: z.string(), coupon: Coupon })
  .openapi('CouponClaim')
export type Claim = z.infer<typeof Claim>

/** What a receipt says. `hash` is SHA-256 of the previous hash and this link's fields (chainHash in contracts/coupon-chain). */
export const ReceiptLink = z
  .object({
    campaignId: CampaignId,
    day: Day,
    sequence: z.int(),
    couponId: CouponId,
    /** SHA-256 of the member's id and the coupon's id: only they recognise it. */
    member: z.string(),
    atMs: z.int(),
    previous: z.string(),
    hash: z.string(),
  })
  .openapi('ReceiptLink')
export type ReceiptLink = z.infer<typeof ReceiptLink>

/** Published after the day's close (sold out or closed by time): every link in order, and the last hash as the head. */
export const ReceiptChain = z
  .object({
    campaignId: CampaignId,
    day: Day,
    closed: z.boolean(),
    count: z.int(),
    head: z.string(),
    /** The head signed, as a compact JWS by the key of `/api/v1/coupons/receipts/key`. */
    seal: z.string().nullable(),
    links: z.array(ReceiptLink),
  })
  .openapi('ReceiptChain')
export type ReceiptChain = z.infer<typeof ReceiptChain>
export const CheckReceiptRequest = z.strictObject({ receipt: z.string().min(20).max(4096) })
export const CheckedReceipt = z
  .object({
    /** `waiting`: the signature is ours and the day is not closed yet. */
    verdict: z.enum(['genuine', 'waiting', 'forged', 'not_in_chain']),
    link: z.union([ReceiptLink, z.null()]),
    head: z.string().nullable(),
  })
  .openapi('CheckedReceipt')
export type CheckedReceipt = z.infer<typeof CheckedReceipt>

/** How a campaign went, for operators: numbers people compare are drawn. */
export const CampaignFigures = z
  .object({
    campaignId: CampaignId,
    days: z.array(
      z.object({ day: Day, issued: z.int(), used: z.int(), expired: z.int(), lastAtMs: z.int().nullable() }),
    ),
    discounted: z.int().openapi({ description: 'won the promotion account carried for used coupons' }),
  })
  .openapi('CampaignFigures')
export type CampaignFigures = z.infer<typeof CampaignFigures>
