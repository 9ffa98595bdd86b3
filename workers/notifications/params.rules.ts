import { z } from 'zod'

export type Language = 'ko' | 'en'

const Name = z.string().nullable()
const Title = z.string().nullable()

/** What happens to the money of a trade paid with the wallet. */
export const ESCROW_NEWS = [
  'paid',
  'released',
  'cancelled',
  'disputed',
  'decided',
  'refunded',
  'release_due',
] as const

/** What the words of a notification are made of, by its type; kept with the line and put into words when it is read. */
export const Params = z.discriminatedUnion('type', [
  z.object({ type: z.literal('comment'), name: Name, title: Title, text: z.string() }),
  z.object({ type: z.literal('reply'), name: Name, title: Title, text: z.string() }),
  z.object({ type: z.literal('wish'), name: Name, title: Title }),
  z.object({
    type: z.literal('chat'),
    name: Name,
    title: z.string(),
    // Absent in lines written before there were groups' rooms.
    room: z.enum(['two', 'group']).default('two'),
    kind: z.enum(['text', 'image']),
    preview: z.string(),
  }),
  z.object({
    type: z.literal('listing_status'),
    title: Title,
    status: z.enum(['on_sale', 'reserved', 'sold', 'hidden', 'deleted']),
  }),
  z.object({ type: z.literal('price_drop'), title: z.string(), from: z.int(), to: z.int() }),
  z.object({
    type: z.literal('appointment'),
    what: z.enum(['set', 'cancelled', 'due']),
    name: Name,
    place: z.string(),
    meetAtMs: z.int(),
  }),
  z.object({
    type: z.literal('trade'),
    /** `side` is the reader's own; `amount` what the news is about for them. */
    what: z.union([
      z.enum(['completed', 'undone']),
      z.object({ kind: z.enum(ESCROW_NEWS), side: z.enum(['seller', 'buyer']), amount: z.int() }),
    ]),
    name: Name,
    title: z.string(),
  }),
  z.object({ type: z.literal('review'), name: Name, title: z.string(), shown: z.boolean() }),
  z.object({ type: z.literal('keyword_alert'), q: z.string(), title: z.string(), price: z.int() }),
  z.object({
    type: z.literal('wallet'),
    what: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('charged'), amount: z.int() }),
      z.object({ kind: z.literal('received'), amount: z.int(), name: Name, memo: z.string().nullable() }),
      z.object({ kind: z.literal('paid_out'), amount: z.int() }),
      z.object({ kind: z.literal('payout_failed'), amount: z.int() }),
    ]),
  }),
  z.object({ type: z.literal('coupon'), title: z.string(), expiresAtMs: z.int() }),
  z.object({
    type: z.literal('group_buy'),
    what: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['joined', 'left', 'promoted', 'passed_over']), units: z.int() }),
      z.object({ kind: z.literal('closing'), hours: z.int(), remainingUnits: z.int() }),
      z.object({ kind: z.literal('vote_opened'), total: z.int() }),
      z.object({ kind: z.literal('host_due'), step: z.enum(['receipt', 'arrival', 'hand_over']) }),
      z.object({ kind: z.literal('arrived'), place: z.string() }),
      z.object({ kind: z.enum(['filled', 'failed', 'cancelled', 'purchasing', 'settled']) }),
    ]),
    name: Name,
    title: z.string(),
  }),
  z.object({
    type: z.literal('moderation'),
    what: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('decided'),
        act: z.enum(['hide', 'warn', 'suspend']),
        reason: z.string(),
        untilMs: z.int().nullable(),
      }),
      z.object({ kind: z.literal('report_closed'), outcome: z.enum(['dismissed', 'acted']) }),
      z.object({
        kind: z.literal('appeal_decided'),
        outcome: z.enum(['upheld', 'overturned']),
        answer: z.string(),
      }),
    ]),
  }),
])
export type Params = z.infer<typeof Params>
/** What the words of one type are made of. */
export type ParamsOf<Type extends Params['type']> = Extract<Params, { type: Type }>
/** A line in words. */
export type Words = { title: string; body: string }
