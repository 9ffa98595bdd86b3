import type { GroupBuyId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { RoomSeed } from './room.api.ts'

/** Whom the room is for; the table's checks hold it. */
type About =
  | { kind: 'listing'; listing_id: ListingId; seller_id: MemberId; buyer_id: MemberId }
  | { kind: 'group_buy'; group_buy_id: GroupBuyId; host_id: MemberId }

/** The row as it was written last. A message does not write it: what messages moved since is counted from them. */
type FactsRow = About & {
  room_id: RoomId
  /** What a group's room was told last of who is in it; nothing while it is 0. */
  members_version: number
  state: 'open' | 'closed'
  purge_at_ms: number | null
  revision: number
  version: number
  /** The read marks count the messages up to here; what came later moved its sender's mark as well. */
  marked_seq: number
  /** What the database has: every change up to this version, the messages up to this place, the revisions up to this one. */
  flushed_version: number
  flushed_seq: number
  flushed_revision: number
  sending_version: number | null
  flush_at_ms: number | null
  flush_failures: number
}
export type Facts = FactsRow & { last_seq: number }
/** The end of what the database has. */
export type FlushedUpTo = { version: number; seq: number; revision: number }

/** Changes go to the database together, this long after the first of them. */
export const FLUSH_AFTER_MS = 300
/** A room in which much is said goes there no more often than this … */
const FLUSH_EVERY_MS = 1_000
/** … and a little later each time by chance, so that rooms that woke together do not go there together for ever. */
const FLUSH_SPREAD_MS = 500

/** The one row about the room itself; kept in memory as well, since every message asks for it. */
export class FactsStore {
  readonly #sql: SqlStorage
  /** Undefined when it has to be read. */
  #known: Facts | null | undefined
  /** When the database had everything last; forgotten with the memory, which then only flushes once earlier. */
  #flushedAtMs = 0

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Null before the room was opened and after it was purged. */
  get(): Facts | null {
    if (this.#known === undefined) this.#known = this.#read()
    return this.#known
  }

  /** What is in memory may be wrong: a transaction was taken back, or the storage was emptied. */
  forget(): void {
    this.#known = undefined
  }

  insert(seed: RoomSeed, nowMs: number): void {
    const [columns, values] =
      seed.kind === 'listing'
        ? ['listing_id, seller_id, buyer_id', [seed.listingId, seed.sellerId, seed.buyerId]]
        : ['group_buy_id, host_id', [seed.groupBuyId, seed.hostId]]
    this.#sql.exec(
      `INSERT INTO facts (id, room_id, kind, ${columns}, opened_at_ms, flush_at_ms)
       VALUES (1, ?, ?, ${values.map(() => '?').join(', ')}, ?, ?)`,
      seed.roomId,
      seed.kind,
      ...values,
      seed.openedAtMs,
      nowMs + FLUSH_AFTER_MS,
    )
    this.forget()
  }

  /** One more change, to be flushed; answers its version. */
  change(nowMs: number): number {
    return this.#write({ version: this.#there().version + 1, flush_at_ms: this.#flushDueMs(nowMs) }).version
  }

  /** The place and the version of the next message. */
  following(): { seq: number; version: number } {
    const { last_seq, version } = this.#there()
    return { seq: last_seq + 1, version: version + 1 }
  }

  /** A message was stored. Its row says all of this, so nothing else is written for it. */
  stored({ seq, version }: { seq: number; version: number }, nowMs: number): void {
    this.#known = { ...this.#there(), last_seq: seq, version, flush_at_ms: this.#flushDueMs(nowMs) }
  }

  /** Like `change`, for a message that is shown differently from now on. */
  nextRevision(nowMs: number): { revision: number; version: number } {
    const { revision, version } = this.#there()
    return this.#write({
      revision: revision + 1,
      version: version + 1,
      flush_at_ms: this.#flushDueMs(nowMs),
    })
  }

  /** Who is in it is as this version tells. */
  gathered(membersVersion: number, nowMs: number): void {
    this.change(nowMs)
    this.#write({ members_version: membersVersion })
  }

  close(purgeAtMs: number): void {
    this.#write({ state: 'closed', purge_at_ms: purgeAtMs })
  }

  /** The part up to `version` is on its way; the marks count every message by now. */
  startFlush(version: number): void {
    this.#write({ sending_version: version, marked_seq: this.#there().last_seq })
  }

  /** The database has everything up to here. Changes since then go together a little later. */
  endFlush({ version, seq, revision }: FlushedUpTo, nowMs: number): void {
    const facts = this.#there()
    if (facts.sending_version !== version) return
    this.#flushedAtMs = nowMs
    this.#write({
      flushed_version: version,
      flushed_seq: seq,
      flushed_revision: revision,
      sending_version: null,
      flush_failures: 0,
      flush_at_ms:
        facts.version > version ? Math.ceil(nowMs + FLUSH_EVERY_MS + Math.random() * FLUSH_SPREAD_MS) : null,
    })
  }

  putOffFlush(untilMs: number): void {
    this.#write({ flush_failures: this.#there().flush_failures + 1, flush_at_ms: untilMs })
  }

  #read(): Facts | null {
    const row = this.#sql.exec<FactsRow>('SELECT * FROM facts').toArray()[0]
    if (row === undefined) return null
    const last = this.#sql
      .exec<{ seq: number; version: number; at_ms: number }>(
        'SELECT seq, version, at_ms FROM messages ORDER BY seq DESC LIMIT 1',
      )
      .toArray()[0]
    // Every other change writes the row, so the newest version is the row's or the last message's.
    const version = Math.max(row.version, last?.version ?? 0)
    const flushAtMs = version > row.flushed_version ? (row.flush_at_ms ?? last?.at_ms ?? 0) : null
    return { ...row, version, flush_at_ms: flushAtMs, last_seq: last?.seq ?? 0 }
  }

  /** All that can change is written at once: it is one row, and what messages moved goes along. */
  #write(changed: Partial<Omit<FactsRow, keyof About>>): Facts {
    const after: Facts = { ...this.#there(), ...changed }
    this.#sql.exec(
      `UPDATE facts SET state = ?, members_version = ?, purge_at_ms = ?, revision = ?, version = ?, marked_seq = ?, flushed_version = ?, flushed_seq = ?,
         flushed_revision = ?, sending_version = ?, flush_at_ms = ?, flush_failures = ?`,
      after.state,
      after.members_version,
      after.purge_at_ms,
      after.revision,
      after.version,
      after.marked_seq,
      after.flushed_version,
      after.flushed_seq,
      after.flushed_revision,
      after.sending_version,
      after.flush_at_ms,
      after.flush_failures,
    )
    this.#known = after
    return after
  }

  /** What is due stays due; else soon, but not right after the last time. */
  #flushDueMs(nowMs: number): number {
    return this.#there().flush_at_ms ?? Math.max(nowMs + FLUSH_AFTER_MS, this.#flushedAtMs + FLUSH_EVERY_MS)
  }

  #there(): Facts {
    const facts = this.get()
    if (facts === null) throw new Error('a room that was never opened')
    return facts
  }
}
