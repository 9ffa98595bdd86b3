import type { TradeId } from '#contracts/ids'
import { type EscrowTrade, withEscrow } from './escrow.store.ts'
import { ROW, type TradeRow } from './trade.store.ts'

/** Purchases the audit is to look at by now, the longest waiting first. */
export async function readToAudit(db: D1Database, atMs: number, limit: number): Promise<EscrowTrade[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM escrows d CROSS JOIN trades t ON t.id = d.trade_id
WHERE d.audit_at_ms <= ? ORDER BY d.audit_at_ms LIMIT ?`,
    )
    .bind(atMs, limit)
    .all<TradeRow>()
  return results.flatMap((row) => withEscrow(row) ?? [])
}

/** When the audit looks at these next: what it was when they were read, unless they have changed since. */
export async function readAuditTimes(db: D1Database, ids: TradeId[]): Promise<Map<TradeId, number>> {
  const { results } = await db
    .prepare(
      'SELECT trade_id AS id, audit_at_ms AS atMs FROM escrows WHERE trade_id IN (SELECT value FROM json_each(?))',
    )
    .bind(JSON.stringify(ids))
    .all<{ id: TradeId; atMs: number }>()
  return new Map(results.map(({ id, atMs }) => [id, atMs]))
}

export type Audited = { againAtMs: number; frozenAtMs: number | null; saleSeen: number }

/** What the audit made of a purchase; nothing when that has changed meanwhile, for then it is looked at anew. */
export const noteAudited = (
  db: D1Database,
  { id, escrow }: EscrowTrade,
  { againAtMs, frozenAtMs, saleSeen }: Audited,
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE escrows SET audit_at_ms = ?, frozen_at_ms = ?, sale_seen = ? WHERE trade_id = ? AND audit_at_ms = ?',
    )
    .bind(againAtMs, frozenAtMs, saleSeen, id, escrow.auditAtMs)
