import type { MemberId } from '#contracts/ids'

export type MemberRow = {
  member_id: MemberId
  last_read_seq: number
  read_version: number
  muted_until_ms: number | null
  left_at_ms: number | null
  blocks: number
}

/** The two of a room: what each has read, and how each stands to it. */
export class MembersStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  all(): MemberRow[] {
    return this.#sql.exec<MemberRow>('SELECT * FROM members ORDER BY member_id').toArray()
  }

  insert(memberId: MemberId): void {
    this.#sql.exec('INSERT INTO members (member_id) VALUES (?)', memberId)
  }

  /** Moves the mark forward only: an older read that comes late changes nothing. */
  markRead(memberId: MemberId, seq: number, version: number): void {
    this.#sql.exec(
      'UPDATE members SET last_read_seq = ?, read_version = ? WHERE member_id = ? AND last_read_seq < ?',
      seq,
      version,
      memberId,
      seq,
    )
  }

  /** A new message: its sender has read up to it, and the room is back in both lists. */
  wrote(memberId: MemberId, seq: number, version: number): void {
    this.markRead(memberId, seq, version)
    this.#sql.exec('UPDATE members SET left_at_ms = NULL WHERE left_at_ms IS NOT NULL')
  }

  setMutedUntil(memberId: MemberId, untilMs: number | null): void {
    this.#sql.exec('UPDATE members SET muted_until_ms = ? WHERE member_id = ?', untilMs, memberId)
  }

  setLeftAt(memberId: MemberId, atMs: number | null): void {
    this.#sql.exec('UPDATE members SET left_at_ms = ? WHERE member_id = ?', atMs, memberId)
  }

  setBlocks(memberId: MemberId, blocks: boolean): void {
    this.#sql.exec('UPDATE members SET blocks = ? WHERE member_id = ?', blocks ? 1 : 0, memberId)
  }
}
