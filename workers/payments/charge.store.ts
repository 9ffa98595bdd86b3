import type { ChargeId, MemberId } from '#contracts/ids'
import { BALANCE_MAX } from '#contracts/payments'
import { assertChangedOne } from '#kit/d1'
import type { ChargeRow } from './charge.rules.ts'
import { accountOf } from './ledger.store.ts'

const COLUMNS = `id, member_id AS memberId, amount, state, version, checkout_url AS checkoutUrl, expires_at_ms AS expiresAtMs,
  paid_at_ms AS paidAtMs, taken_back_at_ms AS takenBackAtMs, ask_at_ms AS askAtMs, at_ms AS atMs`

/** A new top-up; one that would fill the wallet beyond BALANCE_MAX, open ones reckoned in, aborts on `wallet_full`. */
export const insertCharge = (db: D1Database, row: ChargeRow): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO charges (id, member_id, amount, room, state, checkout_url, expires_at_ms, ask_at_ms, at_ms)
       SELECT ?1, ?2, ?3, CAST(?4 AS INTEGER)
           - coalesce((SELECT balance FROM accounts WHERE id = ?5), 0)
           - coalesce((SELECT sum(amount) FROM charges WHERE member_id = ?2 AND state = 'pending'), 0),
         'pending', ?6, ?7, ?8, ?9`,
    )
    .bind(
      row.id,
      row.memberId,
      row.amount,
      BALANCE_MAX,
      accountOf(row.memberId),
      row.checkoutUrl,
      row.expiresAtMs,
      row.askAtMs,
      row.atMs,
    )

/** The row as it is to be now; aborts the batch on `batch_guard.changed_one` when another change came between. */
export const replaceCharge = (db: D1Database, row: ChargeRow): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE charges SET state = ?, version = ?, paid_at_ms = ?, taken_back_at_ms = ?, ask_at_ms = ?
       WHERE id = ? AND version = ?`,
    )
    .bind(row.state, row.version, row.paidAtMs, row.takenBackAtMs, row.askAtMs, row.id, row.version - 1),
  assertChangedOne(db),
]

export const readCharge = (db: D1Database, id: ChargeId): Promise<ChargeRow | null> =>
  db.prepare(`SELECT ${COLUMNS} FROM charges WHERE id = ?`).bind(id).first<ChargeRow>()

/** Top-ups the provider is to be asked about by now, the longest waiting first. */
export async function readToAsk(db: D1Database, atMs: number, limit: number): Promise<ChargeId[]> {
  const { results } = await db
    .prepare('SELECT id FROM charges WHERE ask_at_ms <= ? ORDER BY ask_at_ms LIMIT ?')
    .bind(atMs, limit)
    .all<{ id: ChargeId }>()
  return results.map(({ id }) => id)
}

/** Puts the next question off, when this one had no answer; a charge that has nothing to ask stays so. */
export const putOffAsking = (db: D1Database, id: ChargeId, untilMs: number): D1PreparedStatement =>
  db.prepare('UPDATE charges SET ask_at_ms = ? WHERE id = ? AND ask_at_ms IS NOT NULL').bind(untilMs, id)

/** Whether a member has begun to pay for something that may still be credited. */
export async function hasOpenCharge(db: D1Database, memberId: MemberId): Promise<boolean> {
  const row = await db
    .prepare("SELECT 1 FROM charges WHERE member_id = ? AND state = 'pending' LIMIT 1")
    .bind(memberId)
    .first()
  return row !== null
}

export type OpenCharge = Pick<ChargeRow, 'id' | 'amount' | 'checkoutUrl' | 'expiresAtMs' | 'atMs'>
/** What a member has begun to pay for, the newest first. */
export async function readOpenCharges(
  db: D1Database,
  memberId: MemberId,
  limit: number,
): Promise<OpenCharge[]> {
  const { results } = await db
    .prepare(
      `SELECT id, amount, checkout_url AS checkoutUrl, expires_at_ms AS expiresAtMs, at_ms AS atMs
       FROM charges WHERE member_id = ? AND state = 'pending' ORDER BY at_ms DESC LIMIT ?`,
    )
    .bind(memberId, limit)
    .all<OpenCharge>()
  return results
}
