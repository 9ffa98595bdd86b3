import type { EntryId, MemberId, TransferId } from '#contracts/ids'
import type { CauseKind } from '#contracts/payments'
import { type AccountId, accountOf } from './ledger.store.ts'

export type EntryRow = {
  seq: number
  id: EntryId
  transferId: TransferId
  amount: number
  balanceAfter: number
  causeKind: CauseKind
  causeId: string
  /** The account on the other side, or the member behind it when that is the escrow account. */
  otherId: AccountId
  memo: string | null
  url: string | null
  atMs: number
}
export type EntryFilter = {
  direction?: 'in' | 'out' | undefined
  cause?: CauseKind | undefined
  fromMs?: number | undefined
  untilMs?: number | undefined
  /** Only lines before this one in the book. */
  beforeSeq?: number | undefined
}

/** A member's lines, the newest first: along `entries_of`, or `entries_of_kind` for one cause. */
export async function readEntries(
  db: D1Database,
  memberId: MemberId,
  filter: EntryFilter,
  limit: number,
): Promise<EntryRow[]> {
  const conditions = conditionsOf(filter)
  const { results } = await db
    .prepare(
      `SELECT e.seq, e.id, e.transfer_id AS transferId, e.amount, e.balance_after AS balanceAfter, e.cause_kind AS causeKind,
         t.cause_id AS causeId, coalesce('member:' || t.behind, iif(e.amount < 0, t.credit, t.debit)) AS otherId, t.memo, t.url, e.at_ms AS atMs
       FROM entries e JOIN transfers t ON t.id = e.transfer_id
       WHERE ${['e.account_id = ?', ...conditions.map(({ sql }) => sql)].join(' AND ')}
       ORDER BY e.seq DESC LIMIT ?`,
    )
    .bind(accountOf(memberId), ...conditions.flatMap(({ bound }) => bound), limit)
    .all<EntryRow>()
  return results
}

function conditionsOf(filter: EntryFilter): { sql: string; bound: (string | number)[] }[] {
  const { direction, cause, fromMs, untilMs, beforeSeq } = filter
  return [
    ...(cause === undefined ? [] : [{ sql: 'e.cause_kind = ?', bound: [cause] }]),
    ...(beforeSeq === undefined ? [] : [{ sql: 'e.seq < ?', bound: [beforeSeq] }]),
    ...(direction === undefined
      ? []
      : [{ sql: direction === 'in' ? 'e.amount > 0' : 'e.amount < 0', bound: [] }]),
    ...(fromMs === undefined ? [] : [{ sql: 'e.at_ms >= ?', bound: [fromMs] }]),
    ...(untilMs === undefined ? [] : [{ sql: 'e.at_ms < ?', bound: [untilMs] }]),
  ]
}
