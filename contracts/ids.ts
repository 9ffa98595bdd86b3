import { z } from '@hono/zod-openapi'

/**
 * Every id is `<prefix>_<26 characters of Crockford base32>`: 48 bits of milliseconds, then 80 random bits,
 * so that ids of one kind sort by the time they were made. `kit/id.ts` makes them, this file only knows them.
 */
const id = <Prefix extends string>(prefix: Prefix, example: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`))
    .brand<Prefix>()
    .openapi({ example: `${prefix}_${example}` })

const EXAMPLE = '01kaj5v0e8q6r1x3n7w2z9c4bt'

export const MemberId = id('mem', EXAMPLE)
export type MemberId = z.infer<typeof MemberId>

export const SessionId = id('ses', EXAMPLE)
export type SessionId = z.infer<typeof SessionId>

export const ListingId = id('lst', EXAMPLE)
export type ListingId = z.infer<typeof ListingId>

export const CommentId = id('cmt', EXAMPLE)
export type CommentId = z.infer<typeof CommentId>

export const ImageId = id('img', EXAMPLE)
export type ImageId = z.infer<typeof ImageId>

export const RoomId = id('room', EXAMPLE)
export type RoomId = z.infer<typeof RoomId>

export const TradeId = id('trd', EXAMPLE)
export type TradeId = z.infer<typeof TradeId>

export const AppointmentId = id('apt', EXAMPLE)
export type AppointmentId = z.infer<typeof AppointmentId>

export const ReviewId = id('rev', EXAMPLE)
export type ReviewId = z.infer<typeof ReviewId>

export const NotificationId = id('ntf', EXAMPLE)
export type NotificationId = z.infer<typeof NotificationId>

/** A saved search that tells its member of what appears. */
export const AlertId = id('alr', EXAMPLE)
export type AlertId = z.infer<typeof AlertId>

export const ReportId = id('rpt', EXAMPLE)
export type ReportId = z.infer<typeof ReportId>

export const DecisionId = id('dec', EXAMPLE)
export type DecisionId = z.infer<typeof DecisionId>

export const AppealId = id('apl', EXAMPLE)
export type AppealId = z.infer<typeof AppealId>

/** A top-up of a wallet. */
export const ChargeId = id('chg', EXAMPLE)
export type ChargeId = z.infer<typeof ChargeId>

/** Money that moved from one account to another; it makes two entries and never changes. */
export const TransferId = id('xfr', EXAMPLE)
export type TransferId = z.infer<typeof TransferId>

/** One side of a transfer: a line in the history of one account. */
export const EntryId = id('ent', EXAMPLE)
export type EntryId = z.infer<typeof EntryId>

/** Money put aside for one purpose, taken or given back once. */
export const HoldId = id('hld', EXAMPLE)
export type HoldId = z.infer<typeof HoldId>

/** Money on its way from a wallet to a bank account. */
export const PayoutId = id('pay', EXAMPLE)
export type PayoutId = z.infer<typeof PayoutId>

/** Something the books' own audit found. */
export const IncidentId = id('inc', EXAMPLE)
export type IncidentId = z.infer<typeof IncidentId>

export const RefundId = id('rfd', EXAMPLE)
export type RefundId = z.infer<typeof RefundId>

export const CampaignId = id('cmp', EXAMPLE)
export type CampaignId = z.infer<typeof CampaignId>

export const CouponId = id('cpn', EXAMPLE)
export type CouponId = z.infer<typeof CouponId>

export const GroupBuyId = id('gb', EXAMPLE)
export type GroupBuyId = z.infer<typeof GroupBuyId>

/** A browser that takes push messages for a member. */
export const DeviceId = id('dev', EXAMPLE)
export type DeviceId = z.infer<typeof DeviceId>

export const EventId = id('evt', EXAMPLE)
export type EventId = z.infer<typeof EventId>

type IdKinds = {
  mem: MemberId
  ses: SessionId
  lst: ListingId
  cmt: CommentId
  img: ImageId
  room: RoomId
  trd: TradeId
  apt: AppointmentId
  rev: ReviewId
  ntf: NotificationId
  alr: AlertId
  rpt: ReportId
  dec: DecisionId
  apl: AppealId
  chg: ChargeId
  xfr: TransferId
  ent: EntryId
  hld: HoldId
  pay: PayoutId
  inc: IncidentId
  rfd: RefundId
  cmp: CampaignId
  cpn: CouponId
  dev: DeviceId
  gb: GroupBuyId
  evt: EventId
}
/** The prefix of every kind of id there is, in one place. */
export type IdPrefix = keyof IdKinds
export type IdOf<Prefix extends IdPrefix> = IdKinds[Prefix]
