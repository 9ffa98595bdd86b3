import { z } from '@hono/zod-openapi'
import { ChargeId, EntryId, type HoldId, IncidentId, MemberId, PayoutId, TransferId } from './ids.ts'
import { Seller } from './listings.ts'
import { PageQuery } from './page.ts'
import { longText, text } from './text.ts'

/** Whole won, never zero: what moves, moves something. */
export const Amount = z.int().min(1).max(999_999_999).openapi({ example: 10_000 })

/** A wallet is not topped up beyond this; what a sale brings in may pass it. */
export const BALANCE_MAX = 10_000_000
export const CHARGE_MIN = 100
export const CHARGE_MAX = 2_000_000
export const CHARGED_A_DAY_MAX = 5_000_000
export const TRANSFER_MAX = 2_000_000
export const TRANSFERRED_A_DAY_MAX = 5_000_000
export const PAYOUT_MIN = 1_000
export const PAYOUT_MAX = 5_000_000
export const PAID_OUT_A_DAY_MAX = 10_000_000
/** A top-up nobody pays for within this is over; the provider is asked once more before that is said. */
export const CHARGE_OPEN_MS = 30 * 60 * 1000

export const Pin = z
  .string()
  .regex(/^\d{6}$/)
  .openapi({ example: '493817' })

/** What a transfer, a hold or an entry is for; `id` is the id of the charge, transfer, payout, trade … it belongs to. */
export const CAUSES = ['charge', 'transfer', 'payout', 'trade', 'refund', 'group_buy', 'correction'] as const
export const CauseKind = z.enum(CAUSES).openapi('CauseKind')
export type CauseKind = z.infer<typeof CauseKind>
export const Cause = z.object({ kind: CauseKind, id: z.string() }).openapi('Cause')
export type Cause = z.infer<typeof Cause>

/**
 * `balance` is what can be spent now, `held` what is put aside for open purchases and pay-outs; together they are `total`.
 * `owed` is what is held by others for this member.
 */
export const Wallet = z
  .object({
    balance: z.int(),
    held: z.int(),
    total: z.int(),
    owed: z.int(),
    currency: z.literal('KRW'),
    /** Set when the audit found the books of this wallet to differ: nothing moves until an operator has looked. */
    frozen: z.boolean(),
    hasPin: z.boolean(),
    /** What may still be moved today, in the town's day, and at most at once. */
    limits: z.object({
      charge: z.object({ atOnce: z.int(), today: z.int() }),
      transfer: z.object({ atOnce: z.int(), today: z.int() }),
      payout: z.object({ atOnce: z.int(), today: z.int() }),
    }),
  })
  .openapi('Wallet')
export type Wallet = z.infer<typeof Wallet>

/** A line of the ledger as its owner reads it: `amount` is negative when money left. */
export const WalletEntry = z
  .object({
    id: EntryId,
    transferId: TransferId,
    amount: z.int(),
    balanceAfter: z
      .int()
      .openapi({ description: 'the total of the account after this line, held money included' }),
    cause: Cause,
    /** Who it came from or went to; null when that was not a member. */
    peer: z.union([Seller, z.null()]),
    /** A title or a memo: what the person who looks at it will recognise. */
    memo: z.string().nullable(),
    /** A page of ours that shows what it belongs to. */
    url: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('WalletEntry')
export type WalletEntry = z.infer<typeof WalletEntry>

const Day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
  .openapi({ example: '2026-11-21' })
const EntryFilters = {
  direction: z.enum(['in', 'out']).optional(),
  cause: CauseKind.optional(),
  /** Days of the town, both included. */
  from: Day.optional(),
  until: Day.optional(),
}
export const ListEntriesQuery = PageQuery.extend(EntryFilters)
export type ListEntries = z.infer<typeof ListEntriesQuery>
export const EntriesCsvQuery = z.object(EntryFilters)

/** One thing that is not settled yet: whose money, why, with whom, and when something happens by itself. */
export const Underway = z
  .object({
    kind: z.enum(['held', 'owed', 'charge', 'payout']),
    id: z.string(),
    amount: z.int(),
    cause: Cause,
    title: z.string().nullable(),
    peer: z.union([Seller, z.null()]),
    nextAt: z.iso.datetime().nullable(),
    url: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Underway')
export type Underway = z.infer<typeof Underway>
export const UnderwayList = z.object({ items: z.array(Underway) }).openapi('UnderwayList')

export const CreateChargeRequest = z.strictObject({ amount: Amount }).openapi('CreateChargeRequest')
export const CHARGE_STATES = ['pending', 'paid', 'declined', 'expired', 'mismatched'] as const
export const Charge = z
  .object({
    id: ChargeId,
    amount: z.int(),
    currency: z.literal('KRW'),
    /** `mismatched`: the provider reports another amount or currency than was asked for; nothing was credited and an operator looks. */
    state: z.enum(CHARGE_STATES),
    /** The provider's page, while it can be paid. */
    checkoutUrl: z.string().nullable(),
    expiresAt: z.iso.datetime(),
    paidAt: z.iso.datetime().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Charge')
export type Charge = z.infer<typeof Charge>

export const TransferRequest = z
  .strictObject({
    toMemberId: MemberId,
    amount: Amount,
    memo: text(1, 40).optional(),
    /** Needed once the member has set one. */
    pin: Pin.optional(),
    /** The name the sender was shown; the transfer is refused when it is another's by now. */
    expectedNickname: text(1, 40).optional(),
  })
  .openapi('TransferRequest')
export type TransferOrder = z.infer<typeof TransferRequest>
export const Transfer = z
  .object({
    id: TransferId,
    amount: z.int(),
    currency: z.literal('KRW'),
    to: Seller,
    memo: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Transfer')
export type Transfer = z.infer<typeof Transfer>

/** Who has exactly this nickname, to be confirmed before money goes there. */
export const FindRecipientQuery = z.object({ nickname: text(2, 16) })

export const BANKS = [
  'kb',
  'shinhan',
  'woori',
  'hana',
  'nh',
  'ibk',
  'kakao',
  'toss',
  'kbank',
  'sc',
  'mg',
  'shinhyup',
  'post',
  'busan',
  'daegu',
  'gwangju',
] as const
export const BankAccount = z
  .strictObject({
    bank: z.enum(BANKS),
    number: z
      .string()
      .max(32)
      .transform((value) => value.replace(/[\s-]/g, ''))
      .pipe(z.string().regex(/^\d{8,16}$/))
      .openapi({ type: 'string', example: '3333-01-1234567' }),
    holder: text(2, 30),
  })
  .openapi('BankAccount')
export type BankAccount = z.infer<typeof BankAccount>

export const PayoutRequest = z
  .strictObject({ amount: Amount, bankAccount: BankAccount, pin: Pin.optional() })
  .openapi('PayoutRequest')
export type PayoutOrder = z.infer<typeof PayoutRequest>
export const PAYOUT_STATES = ['requested', 'sent', 'paid', 'failed'] as const
export const Payout = z
  .object({
    id: PayoutId,
    amount: z.int(),
    currency: z.literal('KRW'),
    /** `requested`: held and not yet with the bank; `sent`: the bank has it; `failed`: the money is back. */
    state: z.enum(PAYOUT_STATES),
    bank: z.enum(BANKS),
    /** The last four digits; the whole number is told to the bank only. */
    numberEnd: z.string(),
    failure: z.string().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Payout')
export type Payout = z.infer<typeof Payout>

/** The account's password stands behind the PIN: setting, changing and replacing a forgotten one are the same act. */
export const SetPinRequest = z.strictObject({ pin: Pin, password: z.string().min(1).max(512) })

export const PLATFORM_ACCOUNTS = ['escrow', 'promotion', 'fees', 'provider', 'bank', 'correction'] as const
export const PlatformAccount = z.enum(PLATFORM_ACCOUNTS).openapi('PlatformAccount')
export type PlatformAccount = z.infer<typeof PlatformAccount>

/** How the books stand, for operators: what the platform's own accounts carry, and what is owed to members. */
export const Books = z
  .object({
    accounts: z.array(z.object({ account: PlatformAccount, balance: z.int(), held: z.int() })),
    members: z.object({ balance: z.int(), held: z.int(), wallets: z.int() }),
    openHolds: z.object({ count: z.int(), amount: z.int() }),
    auditedAt: z.iso.datetime().nullable(),
    openIncidents: z.int(),
  })
  .openapi('Books')
export type Books = z.infer<typeof Books>

export const INVARIANTS = [
  'entries_sum_to_zero',
  'transfer_has_two_entries',
  'balance_is_sum_of_entries',
  'no_wallet_below_zero',
  'held_is_sum_of_open_holds',
  'hold_resolved_once',
  'hold_has_open_process',
  'escrow_is_empty',
  'provider_clearing_matches',
  'bank_clearing_matches',
  'coupons_within_total',
  'coupon_receipts_chain',
  'coupon_projection_matches',
  'coupon_used_by_one_trade',
  'trade_paid_by_holds',
  'trade_sold_its_listing',
] as const
export const Invariant = z.enum(INVARIANTS).openapi('Invariant')
export type Invariant = z.infer<typeof Invariant>

/** What the audit found off: the aggregate it concerns is frozen, nothing else. */
export const Incident = z
  .object({
    id: IncidentId,
    invariant: Invariant,
    /** The account, hold, charge, campaign day or trade that is off. */
    aggregate: z.string(),
    difference: z.int(),
    explanation: z.string(),
    /** The entry that would set the books right; null when no entry does. */
    proposal: z.union([
      z.object({ from: z.string(), to: z.string(), amount: z.int(), reason: z.string() }),
      z.null(),
    ]),
    state: z.enum(['open', 'corrected', 'dismissed']),
    at: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
    note: z.string().nullable(),
  })
  .openapi('Incident')
export type Incident = z.infer<typeof Incident>
export const ListIncidentsQuery = PageQuery.extend({ state: z.enum(['open', 'closed']).optional() })
/** `correct` writes the proposed entry and lifts the freeze; `dismiss` only lifts it. */
export const CloseIncidentRequest = z.strictObject({
  how: z.enum(['correct', 'dismiss']),
  note: longText(2, 500),
})

export const HOLD_STATES = ['open', 'posted', 'voided', 'expired'] as const
/** A hold as other domains see it: `posted` is how much of it was taken; the rest went back when it was resolved. */
export type Hold = {
  id: HoldId
  payer: MemberId | 'promotion'
  payeeId: MemberId | null
  amount: number
  posted: number
  state: (typeof HOLD_STATES)[number]
  expiresAtMs: number
}
