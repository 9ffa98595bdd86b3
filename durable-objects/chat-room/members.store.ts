import type { MemberId } from '#contracts/ids'

export type MemberRow = {
  member_id: MemberId
  last_read_seq: number
  /** The change with which they last read something they had been told of; what nobody told them needs no word that it was read. */
  read_version: number
  /** The last message they were told of because they did not look on, and when they were. */
  told_seq: number
  told_at_ms: number
  muted_until_ms: number | null
  left_at_ms: number | null
  blocks: number
}

/** The last message a member said themselves, past those the marks count already. */
export type OwnLast = { sender_id: MemberId; seq: number; version: number }

/** Who is in a room: what each has read, and how each stands to it. What changes for many is one statement, however many they are. */
export class MembersStore {
  readonly #sql: SqlStorage
  readonly #ownLasts: () => OwnLast[]
  /** The rows as they are, and the same in their order; undefined when they have to be read. */
  #known: Map<MemberId, MemberRow> | undefined
  #inOrder: readonly MemberRow[] | undefined
  /** Those whose mark was moved by their own messages and is not written yet. */
  readonly #unmarked = new Set<MemberId>()

  constructor(sql: SqlStorage, ownLasts: () => OwnLast[]) {
    this.#sql = sql
    this.#ownLasts = ownLasts
  }

  all(): readonly MemberRow[] {
    this.#inOrder ??= Array.from(this.#rows().values())
    return this.#inOrder
  }

  get(memberId: MemberId): MemberRow | undefined {
    return this.#rows().get(memberId)
  }

  count(): number {
    return this.#rows().size
  }

  /** What is in memory may be wrong: a transaction was taken back, or the storage was emptied. */
  forget(): void {
    this.#known = undefined
    this.#inOrder = undefined
    this.#unmarked.clear()
  }

  /** Those not in it yet come in, having read up to `readSeq`. */
  insert(memberIds: readonly MemberId[], readSeq = 0): void {
    this.markAll()
    this.#sql.exec(
      'INSERT OR IGNORE INTO members (member_id, last_read_seq) SELECT value, ? FROM json_each(?)',
      readSeq,
      JSON.stringify(memberIds),
    )
    this.forget()
  }

  remove(memberIds: readonly MemberId[]): void {
    this.markAll()
    this.#sql.exec(
      'DELETE FROM members WHERE member_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(memberIds),
    )
    this.forget()
  }

  /** Moves the mark forward only: an older read that comes late changes nothing. */
  markRead(memberId: MemberId, seq: number, version: number): void {
    const before = this.get(memberId)
    if (!before || before.last_read_seq >= seq) return
    const after = readUpTo(before, seq, version)
    this.#mark(after)
    this.#unmarked.delete(memberId)
    this.#keep(memberId, after)
  }

  /** Who had read everything up to `fromSeq` has read up to `seq`: what lies between is no news to anybody. */
  moveOn(fromSeq: number, seq: number): void {
    this.markAll()
    this.#sql.exec('UPDATE members SET last_read_seq = ? WHERE last_read_seq = ?', seq, fromSeq)
    this.forget()
  }

  /** A new message of theirs was stored: they have read up to it, which its row says as well. */
  wrote(memberId: MemberId, seq: number, version: number): void {
    const before = this.get(memberId)
    if (!before) return
    this.#keep(memberId, readUpTo(before, seq, version))
    this.#unmarked.add(memberId)
  }

  /** Writes the marks that messages moved. */
  markAll(): void {
    // Reading the rows tells which marks messages have moved.
    const rows = this.#rows()
    for (const memberId of this.#unmarked) {
      const row = rows.get(memberId)
      if (row) this.#mark(row)
    }
    this.#unmarked.clear()
  }

  setTold(memberIds: readonly MemberId[], seq: number, atMs: number): void {
    const [which, value] = among(memberIds)
    this.#sql.exec(`UPDATE members SET told_seq = ?, told_at_ms = ? WHERE ${which}`, seq, atMs, value)
    for (const memberId of memberIds) this.#keep(memberId, { told_seq: seq, told_at_ms: atMs })
  }

  setMutedUntil(memberId: MemberId, untilMs: number | null): void {
    this.#sql.exec('UPDATE members SET muted_until_ms = ? WHERE member_id = ?', untilMs, memberId)
    this.#keep(memberId, { muted_until_ms: untilMs })
  }

  setLeftAt(memberIds: readonly MemberId[], atMs: number | null): void {
    const [which, value] = among(memberIds)
    this.#sql.exec(`UPDATE members SET left_at_ms = ? WHERE ${which}`, atMs, value)
    for (const memberId of memberIds) this.#keep(memberId, { left_at_ms: atMs })
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

  #rows(): Map<MemberId, MemberRow> {
    this.#known ??= this.#read()
    return this.#known
  }

  #read(): Map<MemberId, MemberRow> {
    const rows = this.#sql.exec<MemberRow>('SELECT * FROM members ORDER BY member_id').toArray()
    const lasts = new Map(this.#ownLasts().map((last) => [last.sender_id, last]))
    return new Map(
      rows.map((row) => {
        const last = lasts.get(row.member_id)
        if (last === undefined || last.seq <= row.last_read_seq) return [row.member_id, row]
        this.#unmarked.add(row.member_id)
        return [row.member_id, readUpTo(row, last.seq, last.version)]
      }),
    )
  }

  /** The rows themselves stay as they were for whoever looks at them; a new one takes the place. */
  #keep(memberId: MemberId, changed: Partial<MemberRow>): void {
    const row = this.get(memberId)
    if (!row) return
    this.#rows().set(memberId, { ...row, ...changed })
    this.#inOrder = undefined
  }
}

/** Which rows, by one value to bind: a room of two has but one other, whose key is quicker than a list of one. */
const among = (memberIds: readonly MemberId[]): [which: string, value: string] => {
  const [only, ...others] = memberIds
  return only !== undefined && others.length === 0
    ? ['member_id = ?', only]
    : ['member_id IN (SELECT value FROM json_each(?))', JSON.stringify(memberIds)]
}

const readUpTo = (row: MemberRow, seq: number, version: number): MemberRow => ({
  ...row,
  last_read_seq: seq,
  read_version: row.told_seq > row.last_read_seq ? version : row.read_version,
})
