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
  /** The rows as they are in the storage; undefined when they have to be read. */
  #known: MemberRow[] | undefined

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  all(): readonly MemberRow[] {
    this.#known ??= this.#sql.exec<MemberRow>('SELECT * FROM members ORDER BY member_id').toArray()
    return this.#known
  }

  /** What is in memory may be wrong: a transaction was taken back, or the storage was emptied. */
  forget(): void {
    this.#known = undefined
  }

  insert(memberId: MemberId): void {
    this.#sql.exec('INSERT INTO members (member_id) VALUES (?)', memberId)
    this.forget()
  }

  /** Moves the mark forward only: an older read that comes late changes nothing. */
  markRead(memberId: MemberId, seq: number, version: number): void {
    const before = this.all().find(({ member_id }) => member_id === memberId)
    if (!before || before.last_read_seq >= seq) return
    this.#sql.exec(
      'UPDATE members SET last_read_seq = ?, read_version = ? WHERE member_id = ?',
      seq,
      version,
      memberId,
    )
    const after = { ...before, last_read_seq: seq, read_version: version }
    this.#known = this.all().map((row) => (row === before ? after : row))
  }

  /** A new message of theirs was stored, which moved their mark (tables.ts). */
  wrote(memberId: MemberId, seq: number, version: number): void {
    this.#known = this.all().map((row) =>
      row.member_id === memberId ? { ...row, last_read_seq: seq, read_version: version } : row,
    )
  }

  setMutedUntil(memberId: MemberId, untilMs: number | null): void {
    this.#keep('UPDATE members SET muted_until_ms = ? WHERE member_id = ? RETURNING *', untilMs, memberId)
  }

  setLeftAt(memberId: MemberId, atMs: number | null): void {
    this.#keep('UPDATE members SET left_at_ms = ? WHERE member_id = ? RETURNING *', atMs, memberId)
  }

  setBlocks(memberId: MemberId, blocks: boolean): void {
    this.#keep('UPDATE members SET blocks = ? WHERE member_id = ? RETURNING *', blocks ? 1 : 0, memberId)
  }

  #keep(statement: string, ...values: (string | number | null)[]): void {
    const changed = this.#sql.exec<MemberRow>(statement, ...values).toArray()[0]
    if (changed)
      this.#known = this.#known?.map((row) => (row.member_id === changed.member_id ? changed : row))
  }
}
