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

/** The one row about the room itself. */
export class FactsStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Null before the room was opened and after it was purged. */
  get(): Facts | null {
    return this.#sql.exec<Facts>('SELECT * FROM facts').toArray()[0] ?? null
  }

  insert(seed: RoomSeed, nowMs: number): void {
    this.#sql.exec(
      `INSERT INTO facts (id, room_id, listing_id, seller_id, buyer_id, opened_at_ms, flush_at_ms)
       VALUES (1, ?, ?, ?, ?, ?, ?)`,
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
    return this.#sql
      .exec<{ version: number }>(
        `UPDATE facts SET version = version + 1, flush_at_ms = COALESCE(flush_at_ms, ?) RETURNING version`,
        nowMs + FLUSH_AFTER_MS,
      )
      .one().version
  }

  /** Like `change`, and takes the next place in the room. */
  nextSeq(nowMs: number): { seq: number; version: number } {
    return this.#sql
      .exec<{ seq: number; version: number }>(
        `UPDATE facts SET version = version + 1, last_seq = last_seq + 1, flush_at_ms = COALESCE(flush_at_ms, ?)
         RETURNING last_seq AS seq, version`,
        nowMs + FLUSH_AFTER_MS,
      )
      .one()
  }

  /** Like `change`, for a message that is shown differently from now on. */
  nextRevision(nowMs: number): { revision: number; version: number } {
    return this.#sql
      .exec<{ revision: number; version: number }>(
        `UPDATE facts SET version = version + 1, revision = revision + 1, flush_at_ms = COALESCE(flush_at_ms, ?)
         RETURNING revision, version`,
        nowMs + FLUSH_AFTER_MS,
      )
      .one()
  }

  close(purgeAtMs: number): void {
    this.#sql.exec("UPDATE facts SET state = 'closed', purge_at_ms = ?", purgeAtMs)
  }

  startFlush(version: number): void {
    this.#sql.exec('UPDATE facts SET sending_version = ?', version)
  }

  /** The database has everything up to `version`. A change since then keeps its own appointment. */
  endFlush(version: number, nowMs: number): void {
    this.#sql.exec(
      `UPDATE facts SET flushed_version = ?1, sending_version = NULL, flush_failures = 0,
         flush_at_ms = CASE WHEN version > ?1 THEN ?2 ELSE NULL END
       WHERE sending_version = ?1`,
      version,
      nowMs,
    )
  }

  putOffFlush(untilMs: number): void {
    this.#sql.exec('UPDATE facts SET flush_failures = flush_failures + 1, flush_at_ms = ?', untilMs)
  }
}
