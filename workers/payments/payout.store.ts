import type { MemberId, PayoutId } from '#contracts/ids'
import { assertChangedOne } from '#kit/d1'
import type { PayoutRow } from './payout.rules.ts'

const COLUMNS = `id, member_id AS memberId, hold_id AS holdId, amount, state, version, bank, number_end AS numberEnd, sealed,
  bank_id AS bankId, failure, ask_at_ms AS askAtMs, at_ms AS atMs, settled_at_ms AS settledAtMs`

export const insertPayout = (db: D1Database, row: PayoutRow): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO payouts (id, member_id, hold_id, amount, state, bank, number_end, sealed, ask_at_ms, at_ms)
       VALUES (?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?)`,
    )
    .bind(
      row.id,
      row.memberId,
      row.holdId,
      row.amount,
      row.bank,
      row.numberEnd,
      row.sealed,
      row.askAtMs,
      row.atMs,
    )

/** The row as it is to be now; aborts the batch when another change came between (`batch_guard.changed_one`, PAYOUT_SETTLED). */
export const replacePayout = (db: D1Database, row: PayoutRow): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE payouts SET state = ?, version = ?, sealed = ?, bank_id = ?, failure = ?, ask_at_ms = ?, settled_at_ms = ?
       WHERE id = ? AND version = ?`,
    )
    .bind(
      row.state,
      row.version,
      row.sealed,
      row.bankId,
      row.failure,
      row.askAtMs,
      row.settledAtMs,
      row.id,
      row.version - 1,
    ),
  assertChangedOne(db),
]

export const readPayout = (db: D1Database, id: PayoutId): Promise<PayoutRow | null> =>
  db.prepare(`SELECT ${COLUMNS} FROM payouts WHERE id = ?`).bind(id).first<PayoutRow>()

/** Open pay-outs whose turn it is, the longest waiting first. */
export async function readPayoutsToAsk(db: D1Database, atMs: number, limit: number): Promise<PayoutId[]> {
  const { results } = await db
    .prepare('SELECT id FROM payouts WHERE ask_at_ms <= ? ORDER BY ask_at_ms LIMIT ?')
    .bind(atMs, limit)
    .all<{ id: PayoutId }>()
  return results.map(({ id }) => id)
}

/** Puts the next look off; a settled one has none. */
export const putOffPayout = (db: D1Database, id: PayoutId, untilMs: number): D1PreparedStatement =>
  db.prepare('UPDATE payouts SET ask_at_ms = ? WHERE id = ? AND ask_at_ms IS NOT NULL').bind(untilMs, id)

export type OpenPayout = Pick<PayoutRow, 'id' | 'amount' | 'bank' | 'numberEnd' | 'state' | 'atMs'>
/** A member's money that is on its way to a bank, the newest first. */
export async function readOpenPayouts(
  db: D1Database,
  memberId: MemberId,
  limit: number,
): Promise<OpenPayout[]> {
  const { results } = await db
    .prepare(
      `SELECT id, amount, bank, number_end AS numberEnd, state, at_ms AS atMs
       FROM payouts WHERE member_id = ? AND ask_at_ms IS NOT NULL ORDER BY at_ms DESC LIMIT ?`,
    )
    .bind(memberId, limit)
    .all<OpenPayout>()
  return results
}
