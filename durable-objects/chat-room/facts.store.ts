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

  /** The place and the version that `nextSeq` will give. */
  following(): { seq: number; version: number } {
    const { last_seq, version } = this.#there()
    return { seq: last_seq + 1, version: version + 1 }
  }

  /** Like `change`, and takes the next place in the room. */
  nextSeq(nowMs: number): { seq: number; version: number } {
    const { last_seq: seq, version } = this.#step(nowMs, { last_seq: this.#there().last_seq + 1 })
    return { seq, version }
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

  /** One step of the counters. They are known, so nothing is read back: every message passes here. */
  #step(nowMs: number, counters: Partial<Pick<Facts, 'last_seq' | 'revision'>>): Facts {
    const before = this.#there()
    const after = { ...before, ...counters, version: before.version + 1 }
    after.flush_at_ms ??= Math.max(nowMs + FLUSH_AFTER_MS, this.#flushedAtMs + FLUSH_EVERY_MS)
    this.#sql.exec(
      'UPDATE facts SET version = ?, last_seq = ?, revision = ?, flush_at_ms = ?',
      after.version,
      after.last_seq,
      after.revision,
      after.flush_at_ms,
    )
    this.#known = after
    return after
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
