import type { HoldId, TradeId } from '#contracts/ids'
import type { Cause, Hold } from '#contracts/payments'
import type { AccountId } from './ledger.store.ts'

/** A hold as it lies in the table; `payer` is the owner of its account. */
export type HoldRow = Hold & {
  accountId: AccountId
  causeKind: Cause['kind']
  causeId: string
  url: string | null
}

const COLUMNS = `id, account_id AS accountId, substr(account_id, instr(account_id, ':') + 1) AS payer, payee_id AS payeeId,
  amount, posted, state, cause_kind AS causeKind, cause_id AS causeId, url, expires_at_ms AS expiresAtMs`

/** These holds, in the order of `ids`; unknown ones are left out. */
export async function readHolds(db: D1Database, ids: HoldId[]): Promise<HoldRow[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM holds WHERE id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(ids))
    .all<HoldRow>()
  const byId = new Map(results.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** The holds of a process, the oldest first. */
export async function readHoldsOf(db: D1Database, cause: Cause): Promise<HoldRow[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM holds WHERE cause_kind = ? AND cause_id = ? ORDER BY at_ms, id`)
    .bind(cause.kind, cause.id)
    .all<HoldRow>()
  return results
}

/** The holds of these trades, the oldest of each first. */
export async function readHoldsOfTrades(db: D1Database, ids: TradeId[]): Promise<HoldRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM holds WHERE cause_kind = 'trade' AND cause_id IN (SELECT value FROM json_each(?))
       ORDER BY at_ms, id`,
    )
    .bind(JSON.stringify(ids))
    .all<HoldRow>()
  return results
}

/** Lets an open hold live longer. Changes nothing of one that is past its time; a resolved one aborts the batch. */
export const prolongStatement = (
  db: D1Database,
  holdId: HoldId,
  { nextAtMs, expiresAtMs, atMs }: { nextAtMs: number | null; expiresAtMs: number; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE holds SET expires_at_ms = max(expires_at_ms, CAST(? AS INTEGER)), next_at_ms = ? WHERE id = ? AND expires_at_ms > ?',
    )
    .bind(expiresAtMs, nextAtMs, holdId, atMs)

/** Frees up to `limit` holds whose time is over; those of a frozen wallet stay until somebody has looked at it. */
export const expireStatement = (db: D1Database, atMs: number, limit: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE holds SET state = 'expired', resolved_at_ms = ?1 WHERE id IN (
         SELECT overdue.id FROM holds AS overdue JOIN accounts ON accounts.id = overdue.account_id
         WHERE overdue.state = 'open' AND overdue.expires_at_ms <= ?1 AND accounts.frozen_at_ms IS NULL
         ORDER BY overdue.expires_at_ms LIMIT ?2)`,
    )
    .bind(atMs, limit)
