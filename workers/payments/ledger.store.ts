import type { Refusal } from '#contracts/errors'
import type { HoldId, MemberId, TransferId } from '#contracts/ids'
import type { Cause } from '#contracts/payments'
import { townDay } from '#kit/clock'
import { assertChangedOne, type BatchOutcome } from '#kit/d1'
import type { AccountId } from './ledger.rules.ts'

export { type AccountId, accountOf, platformAccount } from './ledger.rules.ts'

/**
 * The statements that move money. They stand in a batch beside whatever belongs to the movement; what must not happen is stopped
 * by the tables themselves (migrations/payments/0002_ledger.sql), and `refusalOf` says why.
 */

const MEMBER_PREFIX = 'member:'

/** Makes the wallets of members who had none; those of the platform are there from the start. */
const openAccounts = (db: D1Database, ids: AccountId[]): D1PreparedStatement[] =>
  [...new Set(ids)]
    .filter((id) => id.startsWith(MEMBER_PREFIX))
    .map((id) =>
      db
        .prepare("INSERT INTO accounts (id, kind, owner) VALUES (?, 'member', ?) ON CONFLICT (id) DO NOTHING")
        .bind(id, id.slice(MEMBER_PREFIX.length)),
    )

export type NewTransfer = {
  id: TransferId
  from: AccountId
  to: AccountId
  amount: number
  cause: Cause
  /** The member whom it came from or is for in the end, when one of the two accounts is the platform's. */
  behind?: MemberId | null
  memo: string | null
  url: string | null
  atMs: number
}

/** Moves money. The same id a second time aborts the batch as `TRANSFER_KNOWN`. */
export const transferStatements = (db: D1Database, transfer: NewTransfer): D1PreparedStatement[] => [
  ...openAccounts(db, [transfer.from, transfer.to]),
  insertTransfer(db, transfer, null),
]

const insertTransfer = (db: D1Database, transfer: NewTransfer, holdId: HoldId | null): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO transfers (id, debit, credit, amount, cause_kind, cause_id, hold_id, behind, memo, url, at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      transfer.id,
      transfer.from,
      transfer.to,
      transfer.amount,
      transfer.cause.kind,
      transfer.cause.id,
      holdId,
      transfer.behind ?? null,
      transfer.memo,
      transfer.url,
      transfer.atMs,
    )

export type NewHold = {
  id: HoldId
  account: AccountId
  payeeId: MemberId | null
  amount: number
  cause: Cause
  title: string | null
  url: string | null
  nextAtMs: number | null
  expiresAtMs: number
  atMs: number
}

/** Puts money of one or many aside, in two statements. An id that is known aborts the batch as `HOLD_KNOWN`. */
export const holdStatements = (db: D1Database, holds: NewHold[]): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO accounts (id, kind, owner) SELECT value ->> 'account', 'member', substr(value ->> 'account', ?2)
       FROM json_each(?1) WHERE value ->> 'account' LIKE '${MEMBER_PREFIX}%' ON CONFLICT (id) DO NOTHING`,
    )
    .bind(JSON.stringify(holds), MEMBER_PREFIX.length + 1),
  db
    .prepare(
      `INSERT INTO holds (id, account_id, payee_id, amount, cause_kind, cause_id, title, url, next_at_ms, expires_at_ms, at_ms)
       SELECT value ->> 'id', value ->> 'account', value ->> 'payeeId', value ->> 'amount', value ->> '$.cause.kind',
         value ->> '$.cause.id', value ->> 'title', value ->> 'url', value ->> 'nextAtMs', value ->> 'expiresAtMs', value ->> 'atMs'
       FROM json_each(?)`,
    )
    .bind(JSON.stringify(holds)),
]

/**
 * Resolves an open hold by taking `transfer.amount` of it, part or all; the rest is free again. `transfer.from` is the hold's
 * account. A hold that is resolved or past its time aborts the batch with the state it is in.
 */
export const takeHoldStatements = (
  db: D1Database,
  { holdId, transfer }: { holdId: HoldId; transfer: NewTransfer },
): D1PreparedStatement[] => [
  ...postHold(db, holdId, transfer.amount, transfer.atMs),
  ...openAccounts(db, [transfer.to]),
  insertTransfer(db, transfer, holdId),
]

/** Resolves an open hold by taking nothing of it, in a settlement that takes from others. */
export const postNothing = (db: D1Database, holdId: HoldId, atMs: number): D1PreparedStatement[] =>
  postHold(db, holdId, 0, atMs)

/** First the hold, then its money: what is still held cannot be moved. */
const postHold = (db: D1Database, holdId: HoldId, amount: number, atMs: number): D1PreparedStatement[] => [
  db
    .prepare("UPDATE holds SET state = 'posted', posted = ?, resolved_at_ms = ? WHERE id = ?")
    .bind(amount, atMs, holdId),
  assertChangedOne(db),
]

/** Gives a hold back. One that went back already stays as it is; one that was taken aborts the batch as `HOLD_POSTED`. */
export const voidHoldStatements = (
  db: D1Database,
  { holdId, atMs }: { holdId: HoldId; atMs: number },
): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE holds SET state = CASE WHEN expires_at_ms <= ?1 THEN 'expired' ELSE 'voided' END, resolved_at_ms = ?1
       WHERE id = ?2 AND state IN ('open', 'posted')`,
    )
    .bind(atMs, holdId),
]

export type LimitedKind = 'charge' | 'transfer' | 'payout'
export type DayLimit = {
  memberId: MemberId
  kind: LimitedKind
  amount: number
  /** The most that may be moved in a day of the town. */
  most: number
  atMs: number
}

/** Counts an amount into the member's day; beyond `most` the batch is aborted and `refusalOf` says AMOUNT_LIMIT_REACHED. */
export const limitStatements = (db: D1Database, limit: DayLimit): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO day_totals (member_id, kind, day, total, most) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (member_id, kind, day) DO UPDATE SET total = total + excluded.total, most = excluded.most`,
    )
    .bind(limit.memberId, limit.kind, townDay(limit.atMs), limit.amount, limit.most),
]

/** Takes an amount out of the day it was counted into, since it did not move after all; `atMs` is when it was counted. */
export const limitBackStatements = (
  db: D1Database,
  { memberId, kind, amount, atMs }: Omit<DayLimit, 'most'>,
): D1PreparedStatement[] => [
  db
    .prepare(
      'UPDATE day_totals SET total = max(0, total - CAST(? AS INTEGER)) WHERE member_id = ? AND kind = ? AND day = ?',
    )
    .bind(amount, memberId, kind, townDay(atMs)),
]

const REFUSALS = {
  INSUFFICIENT_BALANCE: { code: 'INSUFFICIENT_BALANCE' },
  wallet_below_zero: { code: 'INSUFFICIENT_BALANCE' },
  WALLET_FROZEN: { code: 'WALLET_FROZEN' },
  ACCOUNT_CLOSED: { code: 'NOT_FOUND' },
  HOLD_POSTED: { code: 'HOLD_POSTED' },
  HOLD_VOIDED: { code: 'HOLD_VOIDED' },
  HOLD_EXPIRED: { code: 'HOLD_EXPIRED' },
  HOLD_KNOWN: { code: 'CONFLICT' },
  TRANSFER_KNOWN: { code: 'CONFLICT' },
  balance_out_of_range: { code: 'AMOUNT_LIMIT_REACHED' },
  day_limit_reached: { code: 'AMOUNT_LIMIT_REACHED' },
} as const satisfies Record<string, Refusal>

const isRefused = (constraint: string): constraint is keyof typeof REFUSALS =>
  Object.hasOwn(REFUSALS, constraint)

/**
 * What the ledger refused a batch with; null when the batch was done, or aborted by something that is not the ledger's
 * (`batch_guard.changed_one`, a key of another table), which the caller knows.
 */
export const refusalOf = (outcome: BatchOutcome): Refusal | null =>
  outcome.kind === 'aborted' && isRefused(outcome.constraint) ? REFUSALS[outcome.constraint] : null
