import type { MemberId } from '#contracts/ids'
import type { AuditLine } from '#contracts/moderation'
import { toIso } from '#kit/clock'
import { type BatchOutcome, runBatch } from '#kit/d1'
import { type AuditEntry, auditHash, FIRST_HASH } from './audit-chain.ts'

/** Acts at once compete for the next place in the log; each round one of them gets it. */
const TRIES = 20

/**
 * Runs a batch with its line in the log, both or neither. The line's place is the next number: when another act takes it first the
 * batch aborts on the key and is tried with the place after that. Any other refusal of the batch is the caller's to read.
 */
export async function runAudited(
  db: D1Database,
  entry: AuditEntry,
  statements: D1PreparedStatement[],
): Promise<BatchOutcome> {
  for (let tries = 1; ; tries++) {
    const outcome = await runBatch(db, [...statements, await append(db, entry)])
    const isPlaceTaken = outcome.kind === 'aborted' && outcome.constraint === 'audit.seq'
    if (!isPlaceTaken) return outcome
    if (tries === TRIES) throw new Error('no place in the audit log')
  }
}

async function append(db: D1Database, entry: AuditEntry): Promise<D1PreparedStatement> {
  const last = await db
    .prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
    .first<{ seq: number; hash: string }>()
  const seq = (last?.seq ?? 0) + 1
  const previousHash = last?.hash ?? FIRST_HASH
  return db
    .prepare(
      `INSERT INTO audit (seq, at_ms, operator_id, act, subject, detail, previous_hash, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      seq,
      entry.atMs,
      entry.operatorId,
      entry.act,
      entry.subject,
      entry.detail,
      previousHash,
      auditHash(seq, entry, previousHash),
    )
}

/** The log from the newest line down; `beforeSeq` goes on from an earlier page. */
export async function readAudit(
  db: D1Database,
  beforeSeq: number,
  limit: number,
): Promise<(AuditLine & { seq: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT seq, at_ms AS atMs, operator_id AS operatorId, act, subject, detail FROM audit
       WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
    )
    .bind(beforeSeq, limit)
    .all<{ seq: number; atMs: number; operatorId: MemberId; act: string; subject: string; detail: string }>()
  return results.map(({ atMs, ...line }) => ({ ...line, at: toIso(atMs) }))
}
