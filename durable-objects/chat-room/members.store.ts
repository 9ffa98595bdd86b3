import type { MemberId } from '#contracts/ids'

export type MemberRow = {
  member_id: MemberId
  last_read_seq: number
  /** The change with which they last read something they had been told of; what nobody told them needs no word that it was read. */
  read_version: number
  /** The last message they were told of because they did not look on. */
  told_seq: number
  muted_until_ms: number | null
  left_at_ms: number | null
  blocks: number
}

/** The last message a member said themselves, past those the marks count already. */
export type OwnLast = { sender_id: MemberId; seq: number; version: number }

/** The two of a room: what each has read, and how each stands to it. */
export class MembersStore {
  readonly #sql: SqlStorage
  readonly #ownLasts: () => OwnLast[]
  /** The rows as they are; undefined when they have to be read. */
  #known: MemberRow[] | undefined
  /** Those whose mark was moved by their own messages and is not written yet. */
  readonly #unmarked = new Set<MemberId>()

  constructor(sql: SqlStorage, ownLasts: () => OwnLast[]) {
    this.#sql = sql
    this.#ownLasts = ownLasts
  }

  all(): readonly MemberRow[] {
    this.#known ??= this.#read()
    return this.#known
  }

  /** What is in memory may be wrong: a transaction was taken back, or the storage was emptied. */
  forget(): void {
    this.#known = undefined
    this.#unmarked.clear()
  }

  insert(memberId: MemberId): void {
    this.#sql.exec('INSERT INTO members (member_id) VALUES (?)', memberId)
    this.forget()
  }

  /** Moves the mark forward only: an older read that comes late changes nothing. */
  markRead(memberId: MemberId, seq: number, version: number): void {
    const before = this.all().find(({ member_id }) => member_id === memberId)
    if (!before || before.last_read_seq >= seq) return
    const after = readUpTo(before, seq, version)
    this.#mark(after)
    this.#unmarked.delete(memberId)
    this.#keep(memberId, after)
  }

  /** A new message of theirs was stored: they have read up to it, which its row says as well. */
  wrote(memberId: MemberId, seq: number, version: number): void {
    const before = this.all().find(({ member_id }) => member_id === memberId)
    if (!before) return
    this.#keep(memberId, readUpTo(before, seq, version))
    this.#unmarked.add(memberId)
  }

  /** Writes the marks that messages moved. */
  markAll(): void {
    for (const row of this.all()) if (this.#unmarked.has(row.member_id)) this.#mark(row)
    this.#unmarked.clear()
  }

  setTold(memberId: MemberId, seq: number): void {
    this.#sql.exec('UPDATE members SET told_seq = ? WHERE member_id = ?', seq, memberId)
    this.#keep(memberId, { told_seq: seq })
  }

  setMutedUntil(memberId: MemberId, untilMs: number | null): void {
    this.#sql.exec('UPDATE members SET muted_until_ms = ? WHERE member_id = ?', untilMs, memberId)
    this.#keep(memberId, { muted_until_ms: untilMs })
  }

  setLeftAt(memberId: MemberId, atMs: number | null): void {
    this.#sql.exec('UPDATE members SET left_at_ms = ? WHERE member_id = ?', atMs, memberId)
    this.#keep(memberId, { left_at_ms: atMs })
  }

  setBlocks(memberId: MemberId, blocks: boolean): void {
    this.#sql.exec('UPDATE members SET blocks = ? WHERE member_id = ?', blocks ? 1 : 0, memberId)
    this.#keep(memberId, { blocks: blocks ? 1 : 0 })
  }

  #mark({ member_id, last_read_seq, read_version }: MemberRow): void {
    this.#sql.exec(
      'UPDATE members SET last_read_seq = ?, read_version = ? WHERE member_id = ?',
      last_read_seq,
      read_version,
      member_id,
    )
  }

  #read(): MemberRow[] {
    const rows = this.#sql.exec<MemberRow>('SELECT * FROM members ORDER BY member_id').toArray()
    const lasts = this.#ownLasts()
    return rows.map((row) => {
      const last = lasts.find(({ sender_id }) => sender_id === row.member_id)
      if (last === undefined || last.seq <= row.last_read_seq) return row
      this.#unmarked.add(row.member_id)
      return readUpTo(row, last.seq, last.version)
    })
  }

  #keep(memberId: MemberId, changed: Partial<MemberRow>): void {
    this.#known = this.all().map((row) => (row.member_id === memberId ? { ...row, ...changed } : row))
  }
}

const readUpTo = (row: MemberRow, seq: number, version: number): MemberRow => ({
  ...row,
  last_read_seq: seq,
  read_version: row.told_seq > row.last_read_seq ? version : row.read_version,
})
