import { createHash, randomBytes } from 'node:crypto'
import { TICKET_LIVES_MS } from '#contracts/chat'
import type { MemberId } from '#contracts/ids'

const TICKET_BYTES = 32
/** Tickets a member may hold at once; the oldest goes. */
const TICKETS_MAX = 20

export type TicketRow = { member_id: MemberId; expires_at_ms: number; session_ends_at_ms: number }

const hashOf = (ticket: string) => createHash('sha256').update(ticket).digest('base64url')

/** Tickets for a socket, by their hash: whoever reads the storage cannot use one. */
export class TicketsStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  issue(memberId: MemberId, sessionEndsAtMs: number, nowMs: number): string {
    const ticket = randomBytes(TICKET_BYTES).toString('base64url')
    this.sweep(nowMs)
    this.#sql.exec(
      'INSERT INTO tickets (hash, member_id, expires_at_ms, session_ends_at_ms) VALUES (?, ?, ?, ?)',
      hashOf(ticket),
      memberId,
      nowMs + TICKET_LIVES_MS,
      sessionEndsAtMs,
    )
    this.#sql.exec(
      `DELETE FROM tickets WHERE member_id = ?1 AND rowid NOT IN
         (SELECT rowid FROM tickets WHERE member_id = ?1 ORDER BY rowid DESC LIMIT ?2)`,
      memberId,
      TICKETS_MAX,
    )
    return ticket
  }

  /** Uses a ticket up; null for one that is unknown, used or too old. */
  take(ticket: string, nowMs: number): TicketRow | null {
    const row = this.#sql
      .exec<TicketRow>(
        'DELETE FROM tickets WHERE hash = ? RETURNING member_id, expires_at_ms, session_ends_at_ms',
        hashOf(ticket),
      )
      .toArray()[0]
    return row && row.expires_at_ms > nowMs && row.session_ends_at_ms > nowMs ? row : null
  }

  sweep(nowMs: number): void {
    this.#sql.exec('DELETE FROM tickets WHERE expires_at_ms <= ?', nowMs)
  }

  revoke(memberId: MemberId): void {
    this.#sql.exec('DELETE FROM tickets WHERE member_id = ?', memberId)
  }
}
