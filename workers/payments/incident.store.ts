import type { IncidentId, MemberId } from '#contracts/ids'
import type { Incident, Invariant } from '#contracts/payments'
import type { AccountId } from './ledger.store.ts'

export type Proposal = { from: AccountId; to: AccountId; amount: number; reason: string }

/** What an audit found off. The same `key` is one incident until its books were corrected. */
export type Finding = {
  key: string
  invariant: Invariant
  aggregate: string
  difference: number
  explanation: string
  /** The entry that would set it right; null when no entry does. */
  proposal: Proposal | null
  /** The account of ours that is to stand still; null when what is off is no account. */
  freezes: AccountId | null
}

export type IncidentRow = {
  id: IncidentId
  invariant: Invariant
  aggregate: string
  difference: number
  explanation: string
  proposal: string | null
  frozenAccount: AccountId | null
  state: Incident['state']
  atMs: number
  closedAtMs: number | null
  note: string | null
}

const COLUMNS = `id, invariant, aggregate, difference, explanation, proposal, frozen_account AS frozenAccount, state,
  at_ms AS atMs, closed_at_ms AS closedAtMs, note`

/**
 * Raises an incident and freezes what it names. Known findings change nothing: an open one is frozen already, a dismissed one was
 * looked at and let be.
 */
export const raiseStatements = (
  db: D1Database,
  finding: Finding,
  { id, atMs }: { id: IncidentId; atMs: number },
): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO incidents (id, key, invariant, aggregate, difference, explanation, proposal, frozen_account, at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .bind(
      id,
      finding.key,
      finding.invariant,
      finding.aggregate,
      finding.difference,
      finding.explanation,
      finding.proposal === null ? null : JSON.stringify(finding.proposal),
      finding.freezes,
      atMs,
    ),
  db
    .prepare(
      `UPDATE accounts SET frozen_at_ms = ?1 WHERE id = ?2 AND frozen_at_ms IS NULL
         AND EXISTS (SELECT 1 FROM incidents WHERE frozen_account = ?2 AND state = 'open')`,
    )
    .bind(atMs, finding.freezes),
]

/** One incident; null when there is none of this id. */
export const readIncident = (db: D1Database, id: IncidentId): Promise<IncidentRow | null> =>
  db.prepare(`SELECT ${COLUMNS} FROM incidents WHERE id = ?`).bind(id).first<IncidentRow>()

const OF_STATE = { open: "state = 'open'", closed: "state <> 'open'", all: 'true' }

/** A page of incidents, the newest first, after the one at `after`. */
export async function listIncidents(
  db: D1Database,
  state: keyof typeof OF_STATE,
  { after, limit }: { after: { atMs: number; id: string }; limit: number },
): Promise<IncidentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM incidents WHERE ${OF_STATE[state]} AND (at_ms, id) < (?, ?)
       ORDER BY at_ms DESC, id DESC LIMIT ?`,
    )
    .bind(after.atMs, after.id, limit)
    .all<IncidentRow>()
  return results
}

/** Closes an open incident; followed by `assertChangedOne`, since of two operators one is first. */
export const closeStatement = (
  db: D1Database,
  id: IncidentId,
  closing: { state: 'corrected' | 'dismissed'; by: MemberId; note: string; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      "UPDATE incidents SET state = ?, closed_at_ms = ?, closed_by = ?, note = ? WHERE id = ? AND state = 'open'",
    )
    .bind(closing.state, closing.atMs, closing.by, closing.note, id)

/** Lets an account move again, unless another incident still holds it. */
export const unfreeze = (db: D1Database, account: AccountId): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE accounts SET frozen_at_ms = NULL WHERE id = ?1
         AND NOT EXISTS (SELECT 1 FROM incidents WHERE frozen_account = ?1 AND state = 'open')`,
    )
    .bind(account)

const SUM_OF_ENTRIES = '(SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = accounts.id)'

/** Aborts its batch when the account is off by something else by now. */
export const assertDifference = (
  db: D1Database,
  account: AccountId,
  difference: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO batch_guard (changed_one)
       SELECT NULL FROM accounts WHERE id = ? AND balance - ${SUM_OF_ENTRIES} <> ?`,
    )
    .bind(account, difference)

/** Sets a balance to what its entries say; as long as that is less than what is held, to that, for the correcting entry to stand on. */
export const rebase = (db: D1Database, account: AccountId): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE accounts SET balance = CASE WHEN kind = 'platform' AND owner <> 'escrow' THEN ${SUM_OF_ENTRIES}
         ELSE max(${SUM_OF_ENTRIES}, held) END WHERE id = ?`,
    )
    .bind(account)

/** Sets what is held to the sum of the open holds. */
export const resumHeld = (db: D1Database, account: string): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE accounts SET held =
         (SELECT coalesce(sum(amount), 0) FROM holds WHERE account_id = accounts.id AND state = 'open') WHERE id = ?`,
    )
    .bind(account)
