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

/** The one row about the room itself; kept in memory as well, since every message asks for it. */
export class FactsStore {
  readonly #sql: SqlStorage
  /** Undefined when it has to be read. */
  #known: Facts | null | undefined

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
    return this.#keep(
      'UPDATE facts SET version = version + 1, flush_at_ms = COALESCE(flush_at_ms, ?) RETURNING *',
      nowMs + FLUSH_AFTER_MS,
    ).version
  }

  /** Like `change`, and takes the next place in the room. */
  nextSeq(nowMs: number): { seq: number; version: number } {
    const { last_seq: seq, version } = this.#keep(
      `UPDATE facts SET version = version + 1, last_seq = last_seq + 1, flush_at_ms = COALESCE(flush_at_ms, ?)
       RETURNING *`,
      nowMs + FLUSH_AFTER_MS,
    )
    return { seq, version }
  }

  /** Like `change`, for a message that is shown differently from now on. */
  nextRevision(nowMs: number): { revision: number; version: number } {
    return this.#keep(
      `UPDATE facts SET version = version + 1, revision = revision + 1, flush_at_ms = COALESCE(flush_at_ms, ?)
       RETURNING *`,
      nowMs + FLUSH_AFTER_MS,
    )
  }

  close(purgeAtMs: number): void {
    this.#keep("UPDATE facts SET state = 'closed', purge_at_ms = ? RETURNING *", purgeAtMs)
  }

  startFlush(version: number): void {
    this.#keep('UPDATE facts SET sending_version = ? RETURNING *', version)
  }

  /** The database has everything up to `version`. A change since then goes at once. */
  endFlush(version: number, nowMs: number): void {
    this.#sql.exec(
      `UPDATE facts SET flushed_version = ?1, sending_version = NULL, flush_failures = 0,
         flush_at_ms = CASE WHEN version > ?1 THEN ?2 ELSE NULL END
       WHERE sending_version = ?1`,
      version,
      nowMs,
    )
    this.forget()
  }

  putOffFlush(untilMs: number): void {
    this.#sql.exec('UPDATE facts SET flush_failures = flush_failures + 1, flush_at_ms = ?', untilMs)
    this.forget()
  }

  #keep(statement: string, ...values: (string | number)[]): Facts {
    const facts = this.#sql.exec<Facts>(statement, ...values).one()
    this.#known = facts
    return facts
  }
}
