import type { MemberId } from '#contracts/ids'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import type { ClaimsHappening, ClaimsPart } from './claims.api.ts'
import { ClaimsStore } from './claims.store.ts'

const HAPPENINGS_A_PART = 50
const RETRY_MS = 2 * SECOND_MS
const RETRY_MS_MAX = 5 * MINUTE_MS

/** What the database does not have yet, part by part. */
export class Flushing {
  readonly #sql: SqlStorage
  readonly #store: ClaimsStore

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#store = new ClaimsStore(sql)
  }

  version(): { now: number; flushed: number; flushAtMs: number | null } {
    const row = this.#sql
      .exec<{ now: number; flushed: number; flushAtMs: number | null }>(
        'SELECT version AS now, flushed_version AS flushed, flush_at_ms AS flushAtMs FROM facts',
      )
      .toArray()[0]
    return row ?? { now: 0, flushed: 0, flushAtMs: null }
  }

  /** The next part; null when the database has everything. */
  next(): ClaimsPart | null {
    const facts = this.#store.facts()
    const { flushed } = this.version()
    if (facts === null || facts.version <= flushed) return null
    const happened = this.#happened(flushed)
    const last = happened.at(-1)
    const isWhole = happened.length < HAPPENINGS_A_PART || last?.number === facts.version
    const version = isWhole ? facts.version : (last?.number ?? facts.version)
    const members = this.#store.members(null)
    const waiters = this.#store.waiters().map(({ memberId, units }) => ({ memberId, units }))
    return {
      plan: facts.plan,
      version,
      filledUnits: facts.plan.hostUnits + facts.confirmedUnits,
      members: members.length,
      waiting: waiters.length,
      waiters,
      state: isWhole ? facts.state : 'recruiting',
      terminalAtMs: isWhole ? facts.terminalAtMs : null,
      changed: this.#store.members(flushed).filter((member) => member.version <= version),
      happened,
      memberIds: members.map(({ memberId }) => memberId),
    }
  }

  /** The database has it. Members who went are forgotten with it. */
  end(version: number): void {
    this.#sql.exec(
      `UPDATE facts SET flushed_version = max(flushed_version, ?1), flush_failures = 0,
         flush_at_ms = iif(version <= ?1, NULL, flush_at_ms)`,
      version,
    )
    this.#sql.exec('DELETE FROM happenings WHERE version <= ?', version)
    this.#sql.exec('DELETE FROM members WHERE units = 0 AND version <= ?', version)
  }

  /** It could not be brought there: again later, and later each time. */
  putOff(atMs: number): void {
    this.#sql.exec(
      `UPDATE facts SET flush_failures = flush_failures + 1,
         flush_at_ms = ?1 + min(?2 * (1 << min(flush_failures, 10)), ?3)`,
      atMs,
      RETRY_MS,
      RETRY_MS_MAX,
    )
  }

  /** Whether a failed part waits for its next try. */
  isPutOff(atMs: number): boolean {
    const query = 'SELECT 1 FROM facts WHERE flush_failures > 0 AND flush_at_ms > ?'
    return this.#sql.exec(query, atMs).toArray().length > 0
  }

  #happened(after: number): ClaimsHappening[] {
    return this.#sql
      .exec<Omit<ClaimsHappening, 'memberId'> & { memberId: MemberId | null }>(
        `SELECT version AS number, type, member_id AS memberId, units, remaining_units AS remainingUnits, at_ms AS atMs
         FROM happenings WHERE version > ? ORDER BY version LIMIT ?`,
        after,
        HAPPENINGS_A_PART,
      )
      .toArray()
  }
}
