import type { ClearedCharge, Unbooked } from './charge.clearing.rules.ts'

/** These top-ups as they stand; unknown ids are left out. */
export async function readCleared(db: D1Database, ids: string[]): Promise<ClearedCharge[]> {
  const { results } = await db
    .prepare(
      `SELECT id, member_id AS memberId, state, amount, taken_back_at_ms AS takenBackAtMs
       FROM charges WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(ids))
    .all<ClearedCharge>()
  return results
}

const NOT_CORRECTED = `NOT EXISTS (SELECT 1 FROM incidents i WHERE i.state = 'corrected' AND i.aggregate = s.id)`

/** Settled rows made since `sinceId` whose transfer is missing or of another amount, along the primary key. */
const unbooked = (kind: 'charge' | 'payout') => {
  const [table, side] = kind === 'charge' ? ['charges', 'debit'] : ['payouts', 'credit']
  const account = kind === 'charge' ? 'platform:provider' : 'platform:bank'
  return `SELECT '${kind}' AS kind, s.id, s.member_id AS memberId, s.amount AS due, t.amount AS booked, t.id AS transferId
    FROM ${table} s
    LEFT JOIN transfers t ON t.cause_kind = '${kind}' AND t.cause_id = s.id AND t.${side} = '${account}'
    WHERE s.id >= ?1 AND s.state = 'paid' AND t.amount IS NOT s.amount AND ${NOT_CORRECTED} LIMIT ?2`
}

/** Transfers of settlements made since `sinceId` that never took place, along `transfers_cause`. */
const unsettled = (kind: 'charge' | 'payout') => {
  const [table, side, mine, prefix] =
    kind === 'charge' ? ['charges', 'debit', 'credit', 'chg'] : ['payouts', 'credit', 'debit', 'pay']
  const account = kind === 'charge' ? 'platform:provider' : 'platform:bank'
  return `SELECT '${kind}' AS kind, t.cause_id AS id, substr(t.${mine}, 8) AS memberId, NULL AS due, t.amount AS booked,
      t.id AS transferId
    FROM transfers t LEFT JOIN ${table} s ON s.id = t.cause_id AND s.state = 'paid'
    WHERE t.cause_kind = '${kind}' AND t.cause_id BETWEEN ?1 AND '${prefix}_~' AND t.${side} = '${account}' AND s.id IS NULL
      AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.state = 'corrected' AND i.aggregate = t.cause_id)
    LIMIT ?2`
}

/** Where settlements since these ids and the ledger's transfers differ, at one moment. */
export async function readUnbooked(
  db: D1Database,
  since: { chargeId: string; payoutId: string },
  limit: number,
): Promise<Unbooked[]> {
  const results = await db.batch<Unbooked>([
    db.prepare(unbooked('charge')).bind(since.chargeId, limit),
    db.prepare(unsettled('charge')).bind(since.chargeId, limit),
    db.prepare(unbooked('payout')).bind(since.payoutId, limit),
    db.prepare(unsettled('payout')).bind(since.payoutId, limit),
  ])
  return results.flatMap(({ results: rows }) => rows)
}
