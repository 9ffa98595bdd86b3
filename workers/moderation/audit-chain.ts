import { createHash } from 'node:crypto'
import type { MemberId } from '#contracts/ids'

/** One act or look, before it has its place in the log. */
export type AuditEntry = { atMs: number; operatorId: MemberId; act: string; subject: string; detail: string }

/** What stands before the first row. */
export const FIRST_HASH = '0'.repeat(64)

/** The hash of a row: over all it says and the hash of the row before it. */
export const auditHash = (seq: number, entry: AuditEntry, previousHash: string): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        seq,
        entry.atMs,
        entry.operatorId,
        entry.act,
        entry.subject,
        entry.detail,
        previousHash,
      ]),
    )
    .digest('hex')
