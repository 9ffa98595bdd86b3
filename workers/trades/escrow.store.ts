import type { MemberId, RefundId, TradeId } from '#contracts/ids'
import type { TradeState } from '#contracts/trades'
import { assertChangedOne } from '#kit/d1'
import { newId } from '#kit/id'
import { type Escrowed, escrowIn } from './escrow.rules.ts'
import { insertTrade, ROW, readTrade, replaceTrade, type TradeRow } from './trade.store.ts'

/** A trade paid with the wallet, read whole. */
export type EscrowTrade = Omit<TradeRow, 'escrow'> & { escrow: Escrowed }

export function withEscrow(row: TradeRow): EscrowTrade | null {
  const escrow = escrowIn(row)
  return escrow && { ...row, escrow }
}

/** The row as everything that is not about its money takes it. */
export const rowOf = (trade: EscrowTrade): TradeRow => ({ ...trade, escrow: JSON.stringify(trade.escrow) })

export async function readEscrow(db: D1Database, id: TradeId): Promise<EscrowTrade | null> {
  const row = await readTrade(db, id)
  return row && withEscrow(row)
}

/** The purchase that a retried request began. */
export async function readByRetryKey(db: D1Database, retryKey: string): Promise<EscrowTrade | null> {
  const row = await db
    .prepare(`SELECT ${ROW} FROM escrows e JOIN trades t ON t.id = e.trade_id WHERE e.retry_key = ?`)
    .bind(retryKey)
    .first<TradeRow>()
  return row && withEscrow(row)
}

/** A new purchase; a second one under way for the thing aborts on `trades.listing_id`, a retried one on `escrows.retry_key`. */
export const insertPurchase = (db: D1Database, trade: EscrowTrade): D1PreparedStatement[] => [
  insertTrade(db, rowOf(trade)),
  db
    .prepare(
      `INSERT INTO escrows (trade_id, category, paid, discount, coupon_id, intent, held_until_ms, handover_code, retry_key, due_at_ms,
  audit_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      trade.id,
      trade.escrow.category,
      trade.escrow.paid,
      trade.escrow.discount,
      trade.escrow.couponId,
      trade.escrow.intent,
      trade.escrow.heldUntilMs,
      trade.escrow.handoverCode,
      trade.escrow.retryKey,
      trade.escrow.dueAtMs,
      trade.escrow.auditAtMs,
    ),
]

/** Writes a changed purchase over the version before it; when that one is gone the guard aborts the batch. Refunds have their own rows. */
export const replaceEscrow = (db: D1Database, trade: EscrowTrade): D1PreparedStatement[] => [
  ...replaceTrade(db, rowOf(trade)),
  db
    .prepare(
      `UPDATE escrows SET paid = ?, discount = ?, refunded = ?, coupon_title = ?, intent = ?, ended = ?, ended_by = ?,
  failure = ?, release_at_ms = ?, noticed = ?, held_until_ms = ?, tries = ?, tried_from_ms = ?, dispute = ?,
  retry_key = ?, due_at_ms = ?, taken = ?, audit_at_ms = ?
WHERE trade_id = ?`,
    )
    .bind(
      trade.escrow.paid,
      trade.escrow.discount,
      trade.escrow.refunded,
      trade.escrow.couponTitle,
      trade.escrow.intent,
      trade.escrow.ended,
      trade.escrow.endedBy,
      trade.escrow.failure,
      trade.escrow.releaseAtMs,
      trade.escrow.noticed,
      trade.escrow.heldUntilMs,
      trade.escrow.tries,
      trade.escrow.triedFromMs,
      trade.escrow.dispute === null ? null : JSON.stringify(trade.escrow.dispute),
      trade.escrow.retryKey,
      trade.escrow.dueAtMs,
      trade.escrow.taken,
      trade.escrow.auditAtMs,
      trade.id,
    ),
  assertChangedOne(db),
]

/** When the tick is to look again, where nothing else changed. */
export const postpone = (db: D1Database, id: TradeId, untilMs: number | null): D1PreparedStatement =>
  db.prepare('UPDATE escrows SET due_at_ms = ? WHERE trade_id = ?').bind(untilMs, id)

/** Purchases the tick is to look at by now, the longest waiting first. */
export async function readDue(db: D1Database, atMs: number, limit: number): Promise<TradeId[]> {
  const { results } = await db
    .prepare('SELECT trade_id AS id FROM escrows WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?')
    .bind(atMs, limit)
    .all<{ id: TradeId }>()
  return results.map(({ id }) => id)
}

export async function readStates(
  db: D1Database,
  ids: TradeId[],
): Promise<{ id: TradeId; state: TradeState }[]> {
  const { results } = await db
    .prepare("SELECT id, state FROM trades WHERE id IN (SELECT value FROM json_each(?)) AND kind = 'escrow'")
    .bind(JSON.stringify(ids))
    .all<{ id: TradeId; state: TradeState }>()
  return results
}

/** Disputed purchases, the oldest first while they are open, the newest first once decided. */
export async function readDisputes(
  db: D1Database,
  state: 'open' | 'decided',
  after: string | null,
  limit: number,
): Promise<EscrowTrade[]> {
  const isOpen = state === 'open'
  const beyond = after === null ? '' : `AND e.trade_id ${isOpen ? '>' : '<'} ?`
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM escrows e JOIN trades t ON t.id = e.trade_id
WHERE e.dispute IS NOT NULL AND (e.dispute ->> '$.decision') IS ${isOpen ? '' : 'NOT '}NULL ${beyond}
ORDER BY e.trade_id ${isOpen ? 'ASC' : 'DESC'} LIMIT ?`,
    )
    .bind(...(after === null ? [] : [after]), limit)
    .all<TradeRow>()
  return results.flatMap((row) => withEscrow(row) ?? [])
}

export type RefundRow = {
  id: RefundId
  tradeId: TradeId
  amount: number
  by: 'seller' | 'operator'
  reason: string | null
  done: 0 | 1
  atMs: number
}

/** Notes a refund; more than was paid in all aborts on REFUND_TOO_MUCH, the same one again on `refunds.id`. */
export const insertRefund = (db: D1Database, row: RefundRow): D1PreparedStatement =>
  db
    .prepare(
      'INSERT INTO refunds (id, trade_id, amount, by, reason, done, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .bind(row.id, row.tradeId, row.amount, row.by, row.reason, row.done, row.atMs)

/** The money of a refund has moved. */
export const closeRefund = (db: D1Database, id: RefundId): D1PreparedStatement[] => [
  db.prepare('UPDATE refunds SET done = 1 WHERE id = ? AND done = 0').bind(id),
  assertChangedOne(db),
]

/** A refund that was refused has never been; one that moved stays. */
export const dropRefund = (db: D1Database, id: RefundId): D1PreparedStatement =>
  db.prepare('DELETE FROM refunds WHERE id = ? AND done = 0').bind(id)

export async function readWaitingRefunds(
  db: D1Database,
  beforeMs: number,
  limit: number,
): Promise<{ id: RefundId; tradeId: TradeId }[]> {
  const { results } = await db
    .prepare(
      'SELECT id, trade_id AS tradeId FROM refunds WHERE done = 0 AND at_ms <= ? ORDER BY at_ms LIMIT ?',
    )
    .bind(beforeMs, limit)
    .all<{ id: RefundId; tradeId: TradeId }>()
  return results
}

/** Forgets the keys of purchases begun before `beforeMs`, the oldest first; ids are in the order of their times. */
export const forgetRetryKeys = (db: D1Database, beforeMs: number, limit: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE escrows SET retry_key = NULL WHERE trade_id IN (
  SELECT trade_id FROM escrows WHERE retry_key IS NOT NULL AND trade_id < ? ORDER BY trade_id LIMIT ?)`,
    )
    .bind(newId('trd', beforeMs), limit)

/** Whose purchase a request's key belongs to. */
export const retryKeyOf = (memberId: MemberId, key: string): string => `${memberId} ${key}`
