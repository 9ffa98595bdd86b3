import type { HoldId } from '#contracts/ids'
import type { AccountId } from './ledger.store.ts'

/** How many rows off one look answers; the rest is found by the next. */
const SHOWN_MAX = 50

/** What the audit goes through, part by part, each in the order of its key. */
const PARTS = {
  accounts: { table: 'accounts', key: 'id', first: '' },
  entries: { table: 'entries', key: 'seq', first: 0 },
  transfers: { table: 'transfers', key: 'id', first: '' },
  holds: { table: 'holds', key: 'id', first: '' },
} as const
export type Part = keyof typeof PARTS
export const PART_NAMES: readonly Part[] = ['accounts', 'entries', 'transfers', 'holds']

/** A stretch of a part: the rows after `from` up to and with `until`. `isLast` when nothing comes after. */
export type Stretch = { from: string | number; until: string | number; isLast: boolean }

/** The next stretch of at most `rows` rows; null when there is nothing after the cursor. */
export async function nextStretch(db: D1Database, part: Part, rows: number): Promise<Stretch | null> {
  const { table, key, first } = PARTS[part]
  const cursor = await db
    .prepare('SELECT position FROM audit_cursors WHERE part = ?')
    .bind(part)
    .first<{ position: string }>()
  const from = typeof first === 'number' ? Number(cursor?.position ?? first) : (cursor?.position ?? first)
  const row = await db
    .prepare(
      `SELECT max(${key}) AS until, count(*) AS count FROM (SELECT ${key} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ?)`,
    )
    .bind(from, rows)
    .first<{ until: string | number | null; count: number }>()
  if (!row || row.until === null) return null
  return { from, until: row.until, isLast: row.count < rows }
}

/** Notes how far the audit has come; at the end of a part it begins anew. */
export const putCursor = (
  db: D1Database,
  part: Part | Process['part'],
  position: string | number | null,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO audit_cursors (part, position, whole_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (part) DO UPDATE SET position = excluded.position, whole_at_ms = coalesce(excluded.whole_at_ms, whole_at_ms)`,
    )
    .bind(
      part,
      String(position ?? (part === 'processes' || part === 'group_buys' ? '' : PARTS[part].first)),
      position === null ? atMs : null,
    )

export type AccountOff = {
  id: AccountId
  owner: string
  kind: 'member' | 'platform'
  balance: number
  held: number
  /** What its newest entry says it came to. */
  booked: number
  openHolds: number
}

/** Accounts that do not agree with their newest entry or their open holds, are below zero, or should be empty. */
export const accountsOff = async (db: D1Database, { from, until }: Stretch): Promise<AccountOff[]> =>
  (
    await db
      .prepare(
        `SELECT * FROM (
           SELECT id, owner, kind, balance, held,
             coalesce((SELECT balance_after FROM entries WHERE account_id = accounts.id ORDER BY seq DESC LIMIT 1), 0) AS booked,
             coalesce((SELECT sum(amount) FROM holds WHERE account_id = accounts.id AND state = 'open'), 0) AS openHolds
           FROM accounts WHERE id > ? AND id <= ?)
         WHERE booked <> balance OR openHolds <> held OR (kind = 'member' AND balance - held < 0)
           OR (owner = 'escrow' AND balance <> 0) LIMIT ${SHOWN_MAX}`,
      )
      .bind(from, until)
      .all<AccountOff>()
  ).results

export type EntryOff = {
  transferId: string
  accountId: AccountId
  amount: number
  /** What the transfer says this account's side of it is; 0 when it has none, null when there is no such transfer. */
  owed: number | null
}

/** Entries that are no side of their transfer, or do not go on from the entry before. */
export const entriesOff = async (db: D1Database, { from, until }: Stretch): Promise<EntryOff[]> =>
  (
    await db
      .prepare(
        `SELECT entries.transfer_id AS transferId, entries.account_id AS accountId, entries.amount,
           CASE entries.account_id WHEN transfers.debit THEN -transfers.amount WHEN transfers.credit THEN transfers.amount
             ELSE iif(transfers.id IS NULL, NULL, 0) END AS owed
         FROM entries LEFT JOIN transfers ON transfers.id = entries.transfer_id
         WHERE entries.seq > ? AND entries.seq <= ? AND (
           transfers.id IS NULL
           OR entries.amount <> CASE entries.account_id WHEN transfers.debit THEN -transfers.amount WHEN transfers.credit THEN transfers.amount ELSE 0 END
           OR entries.balance_after - entries.amount <> coalesce(
             (SELECT before.balance_after FROM entries AS before
              WHERE before.account_id = entries.account_id AND before.seq < entries.seq ORDER BY before.seq DESC LIMIT 1), 0))
         LIMIT ${SHOWN_MAX}`,
      )
      .bind(from, until)
      .all<EntryOff>()
  ).results

export type TransferOff = {
  id: string
  debit: AccountId
  credit: AccountId
  amount: number
  debits: number
  credits: number
}

/** Transfers that have not exactly one entry on each side. */
export const transfersOff = async (db: D1Database, { from, until }: Stretch): Promise<TransferOff[]> =>
  (
    await db
      .prepare(
        `SELECT * FROM (
           SELECT id, debit, credit, amount,
             (SELECT count(*) FROM entries WHERE transfer_id = transfers.id AND account_id = debit AND amount = -transfers.amount) AS debits,
             (SELECT count(*) FROM entries WHERE transfer_id = transfers.id AND account_id = credit AND amount = transfers.amount) AS credits
           FROM transfers WHERE id > ? AND id <= ?)
         WHERE debits <> 1 OR credits <> 1 LIMIT ${SHOWN_MAX}`,
      )
      .bind(from, until)
      .all<TransferOff>()
  ).results

export type HoldOff = { id: HoldId; accountId: AccountId; state: string; posted: number; taken: number }

/** Holds from which another amount was taken than they say, or that were taken from another account. */
export const holdsOff = async (db: D1Database, { from, until }: Stretch): Promise<HoldOff[]> =>
  (
    await db
      .prepare(
        `SELECT holds.id, holds.account_id AS accountId, holds.state, holds.posted,
           iif(transfers.debit = holds.account_id, transfers.amount, 0) AS taken
         FROM holds LEFT JOIN transfers ON transfers.hold_id = holds.id
         WHERE holds.id > ? AND holds.id <= ?
           AND holds.posted <> coalesce(iif(transfers.debit = holds.account_id, transfers.amount, 0), 0)
         LIMIT ${SHOWN_MAX}`,
      )
      .bind(from, until)
      .all<HoldOff>()
  ).results

/** By how much a balance is more than its entries come to: read at one moment, whatever moves meanwhile. */
export async function differenceOf(db: D1Database, account: AccountId): Promise<number> {
  const row = await db
    .prepare(
      `SELECT balance - (SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = accounts.id) AS difference
       FROM accounts WHERE id = ?`,
    )
    .bind(account)
    .first<{ difference: number }>()
  return row?.difference ?? 0
}

/** What all entries together come to. */
export async function sumOfEntries(db: D1Database): Promise<number> {
  const row = await db.prepare('SELECT coalesce(sum(amount), 0) AS sum FROM entries').first<{ sum: number }>()
  return row?.sum ?? 0
}

/** What money is held for that another domain sees through. */
export type Process = { kind: 'trade' | 'group_buy'; part: 'processes' | 'group_buys' }
export type ProcessHold = { holdId: HoldId; processId: string; amount: number }

/** Open holds of up to `limit` processes after the cursor, made before `beforeMs`: younger ones may be about to be told of. */
export async function processHolds(
  db: D1Database,
  { kind, part }: Process,
  beforeMs: number,
  limit: number,
): Promise<ProcessHold[]> {
  const { results } = await db
    .prepare(
      `SELECT id AS holdId, cause_id AS processId, amount FROM holds
       WHERE state = 'open' AND cause_kind = ?3 AND at_ms < ?1 AND cause_id IN (
         SELECT DISTINCT cause_id FROM holds WHERE state = 'open' AND cause_kind = ?3
           AND cause_id > coalesce((SELECT position FROM audit_cursors WHERE part = ?4), '')
         ORDER BY cause_id LIMIT ?2)
       ORDER BY cause_id`,
    )
    .bind(beforeMs, limit, kind, part)
    .all<ProcessHold>()
  return results
}

export type PayoutHold = ProcessHold & { state: string | null }

/** Open holds whose pay-out is settled or not there. Hold and pay-out change in one batch, so one look is enough. */
export const payoutHoldsOff = async (db: D1Database): Promise<PayoutHold[]> =>
  (
    await db
      .prepare(
        `SELECT holds.id AS holdId, holds.cause_id AS processId, holds.amount, payouts.state
         FROM holds LEFT JOIN payouts ON payouts.id = holds.cause_id
         WHERE holds.state = 'open' AND holds.cause_kind = 'payout'
           AND (payouts.id IS NULL OR payouts.state IN ('paid', 'failed')) LIMIT ${SHOWN_MAX}`,
      )
      .all<PayoutHold>()
  ).results

/** Those of the holds that are open still. */
export async function stillOpen(db: D1Database, holds: ProcessHold[]): Promise<ProcessHold[]> {
  const { results } = await db
    .prepare("SELECT id FROM holds WHERE state = 'open' AND id IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(holds.map(({ holdId }) => holdId)))
    .all<{ id: HoldId }>()
  const open = new Set(results.map(({ id }) => id))
  return holds.filter(({ holdId }) => open.has(holdId))
}
