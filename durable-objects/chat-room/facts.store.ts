import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import type { RoomSeed } from './room.api.ts'

export type Facts = {
  room_id: RoomId
  listing_id: ListingId
  seller_id: MemberId
  buyer_id: MemberId
  state: 'open' | 'closed'
  purge_at_ms: number | null
  last_seq: number
  revision: number
  version: number
  flushed_version: number
  sending_version: number | null
  flush_at_ms: number | null
  flush_failures: number
}

/** Changes go to the database together, this long after the first of them. */
export const FLUSH_AFTER_MS = 300
/** A room in which much is said goes there no more often than this. */
const FLUSH_EVERY_MS = 1_000

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
    if (this.#known === undefined)
      this.#known = this.#sql.exec<Facts>('SELECT * FROM facts').toArray()[0] ?? null
    return this.#known
  }

  /** What is in memory may be wrong: a transaction was taken back, or the storage was emptied. */
  forget(): void {
    this.#known = undefined
  }

  insert(seed: RoomSeed, nowMs: number): void {
    this.#keep(
      `INSERT INTO facts (id, room_id, listing_id, seller_id, buyer_id, opened_at_ms, flush_at_ms)
       VALUES (1, ?, ?, ?, ?, ?, ?) RETURNING *`,
      seed.roomId,
      seed.listingId,
      seed.sellerId,
      seed.buyerId,
      seed.openedAtMs,
      nowMs + FLUSH_AFTER_MS,
    )
  }

  /** One more change, to be flushed; answers its version. */
  change(nowMs: number): number {
    return this.#step(nowMs, {}).version
  }

  /** The place and the version of the next message. */
  following(): { seq: number; version: number } {
    const { last_seq, version } = this.#there()
    return { seq: last_seq + 1, version: version + 1 }
  }

  /** A message was stored, which moved the counters (tables.ts). */
  stored({ seq, version }: { seq: number; version: number }, nowMs: number): void {
    const before = this.#there()
    this.#known = {
      ...before,
      last_seq: seq,
      version,
      flush_at_ms: before.flush_at_ms ?? this.#nextFlushMs(nowMs),
    }
  }

  /** Like `change`, for a message that is shown differently from now on. */
  nextRevision(nowMs: number): { revision: number; version: number } {
    return this.#step(nowMs, { revision: this.#there().revision + 1 })
  }

  close(purgeAtMs: number): void {
    this.#keep("UPDATE facts SET state = 'closed', purge_at_ms = ? RETURNING *", purgeAtMs)
  }

  startFlush(version: number): void {
    this.#keep('UPDATE facts SET sending_version = ? RETURNING *', version)
  }

  /** The database has everything up to `version`. Changes since then go together a little later. */
  endFlush(version: number, nowMs: number): void {
    this.#flushedAtMs = nowMs
    this.#sql.exec(
      `UPDATE facts SET flushed_version = ?1, sending_version = NULL, flush_failures = 0,
         flush_at_ms = CASE WHEN version > ?1 THEN ?2 ELSE NULL END
       WHERE sending_version = ?1`,
      version,
      nowMs + FLUSH_EVERY_MS,
    )
    this.forget()
  }

  putOffFlush(untilMs: number): void {
    this.#sql.exec('UPDATE facts SET flush_failures = flush_failures + 1, flush_at_ms = ?', untilMs)
    this.forget()
  }

  /** One step of the counters. They are known, so nothing is read back. */
  #step(nowMs: number, counters: Partial<Pick<Facts, 'revision'>>): Facts {
    const before = this.#there()
    const after = { ...before, ...counters, version: before.version + 1 }
    after.flush_at_ms ??= this.#nextFlushMs(nowMs)
    this.#sql.exec(
      'UPDATE facts SET version = ?, revision = ?, flush_at_ms = ?',
      after.version,
      after.revision,
      after.flush_at_ms,
    )
    this.#known = after
    return after
  }

  /** Soon, but not right after the last time. */
  #nextFlushMs(nowMs: number): number {
    return Math.max(nowMs + FLUSH_AFTER_MS, this.#flushedAtMs + FLUSH_EVERY_MS)
  }

  #there(): Facts {
    const facts = this.get()
    if (facts === null) throw new Error('a room that was never opened')
    return facts
  }

  #keep(statement: string, ...values: (string | number)[]): Facts {
    const facts = this.#sql.exec<Facts>(statement, ...values).one()
    this.#known = facts
    return facts
  }
}
