import { DurableObject } from 'cloudflare:workers'
import {
  ADMITTED,
  type Admission,
  attemptFrom,
  type Counter,
  FRESH_SOURCE,
  type GuessPolicy,
  type Limit,
  type Source,
  takeOne,
} from './throttle.rules.ts'

/** Sources an account remembers as its owner's; the one that was quiet longest goes first. */
const KNOWN_SOURCES_MAX = 30
const STRANGERS = 'strangers'
const TAKEN = 'taken'

type SourceRow = {
  attempts: number
  blocked_until_ms: number
  forget_at_ms: number
  known_until_ms: number
}

/**
 * Counts attempts at one thing: an account's password, a mailed code, an address's sign-ups. One object a thing, named by the
 * caller; every decision is one synchronous transaction, so a thousand calls at once are counted one by one. What it knows
 * is deleted by its alarm when the last window ends; an alarm that runs twice or late only deletes what is over.
 */
export class Throttle extends DurableObject {
  readonly #sql: SqlStorage
  #alarmAtMs: number | null = null

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.#sql = state.storage.sql
    this.#makeTables()
  }

  /** Takes one of a limit. */
  async take(limit: Limit): Promise<Admission> {
    const nowMs = Date.now()
    const admission = this.ctx.storage.transactionSync(() => this.#takeFrom(TAKEN, limit, nowMs))
    await this.#wakeAtNextEnd(nowMs)
    return admission
  }

  /** Forgets what `take` counted: the code it protected was used or replaced. */
  async clear(): Promise<void> {
    this.#sql.exec('DELETE FROM counters WHERE name = ?', TAKEN)
  }

  /**
   * Asks to make one guess from any of `sources` (most telling first). A source that got in before has its own allowance, so
   * that whoever else is guessing cannot keep it out; all others share the strangers' limit.
   */
  async attempt(sources: string[], policy: GuessPolicy): Promise<Admission> {
    const nowMs = Date.now()
    const admission = this.ctx.storage.transactionSync(() => this.#decide(sources, policy, nowMs))
    await this.#wakeAtNextEnd(nowMs)
    return admission
  }

  /** The guess was right: `sources` are the owner's from now on, and what they tried is forgiven. */
  async trust(sources: string[], knownForMs: number): Promise<void> {
    const nowMs = Date.now()
    this.ctx.storage.transactionSync(() => {
      const forgiven = sources.some((source) => this.#sourceOf(source).attempts > 0) ? 1 : 0
      this.#sql.exec(
        'UPDATE counters SET count = max(0, count - ?) WHERE name = ?',
        sources.some((source) => this.#sourceOf(source).knownUntilMs > nowMs) ? 0 : forgiven,
        STRANGERS,
      )
      for (const source of sources) {
        this.#keepSource(source, { ...FRESH_SOURCE, knownUntilMs: nowMs + knownForMs })
      }
      this.#sql.exec(
        `DELETE FROM sources WHERE known_until_ms > 0 AND source NOT IN
           (SELECT source FROM sources ORDER BY known_until_ms DESC LIMIT ?)`,
        KNOWN_SOURCES_MAX,
      )
    })
    await this.#wakeAtNextEnd(nowMs)
  }

  override async alarm(): Promise<void> {
    const nowMs = Date.now()
    this.#alarmAtMs = null
    this.#sql.exec('DELETE FROM counters WHERE window_ends_ms <= ?', nowMs)
    this.#sql.exec('DELETE FROM sources WHERE max(forget_at_ms, known_until_ms) <= ?', nowMs)
    if (this.#nextEndMs() !== null) return await this.#wakeAtNextEnd(nowMs)
    await this.ctx.storage.deleteAll()
    this.#makeTables()
  }

  #decide(sources: string[], policy: GuessPolicy, nowMs: number): Admission {
    const known = sources.find((source) => this.#sourceOf(source).knownUntilMs > nowMs)
    const source = known ?? sources.at(-1) ?? 'unknown'
    const tried = attemptFrom(this.#sourceOf(source), policy, nowMs)
    if (!tried.admission.admitted) return tried.admission
    if (known === undefined) {
      const admission = this.#takeFrom(STRANGERS, policy.strangers, nowMs)
      if (!admission.admitted) return admission
    }
    this.#keepSource(source, tried.source)
    return ADMITTED
  }

  #takeFrom(name: string, limit: Limit, nowMs: number): Admission {
    const row = this.#sql
      .exec<{ count: number; window_ends_ms: number }>(
        'SELECT count, window_ends_ms FROM counters WHERE name = ?',
        name,
      )
      .toArray()[0]
    const before: Counter | null = row ? { count: row.count, windowEndsMs: row.window_ends_ms } : null
    const { admission, counter } = takeOne(before, limit, nowMs)
    this.#sql.exec(
      'INSERT OR REPLACE INTO counters (name, count, window_ends_ms) VALUES (?, ?, ?)',
      name,
      counter.count,
      counter.windowEndsMs,
    )
    return admission
  }

  #sourceOf(source: string): Source {
    const row = this.#sql
      .exec<SourceRow>(
        'SELECT attempts, blocked_until_ms, forget_at_ms, known_until_ms FROM sources WHERE source = ?',
        source,
      )
      .toArray()[0]
    if (!row) return FRESH_SOURCE
    return {
      attempts: row.attempts,
      blockedUntilMs: row.blocked_until_ms,
      forgetAtMs: row.forget_at_ms,
      knownUntilMs: row.known_until_ms,
    }
  }

  #keepSource(source: string, kept: Source): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO sources (source, attempts, blocked_until_ms, forget_at_ms, known_until_ms)
       VALUES (?, ?, ?, ?, ?)`,
      source,
      kept.attempts,
      kept.blockedUntilMs,
      kept.forgetAtMs,
      kept.knownUntilMs,
    )
  }

  #makeTables(): void {
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS counters (
      name TEXT PRIMARY KEY, count INTEGER NOT NULL, window_ends_ms INTEGER NOT NULL) STRICT`)
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS sources (
      source TEXT PRIMARY KEY, attempts INTEGER NOT NULL, blocked_until_ms INTEGER NOT NULL,
      forget_at_ms INTEGER NOT NULL, known_until_ms INTEGER NOT NULL) STRICT`)
  }

  #nextEndMs(): number | null {
    const row = this.#sql
      .exec<{ ends: number | null }>(
        `SELECT min(ends) AS ends FROM (
           SELECT min(window_ends_ms) AS ends FROM counters
           UNION ALL SELECT min(max(forget_at_ms, known_until_ms)) FROM sources)`,
      )
      .toArray()[0]
    return row?.ends ?? null
  }

  async #wakeAtNextEnd(nowMs: number): Promise<void> {
    const endsMs = this.#nextEndMs()
    if (endsMs === null || (this.#alarmAtMs !== null && this.#alarmAtMs <= endsMs && this.#alarmAtMs > nowMs))
      return
    this.#alarmAtMs = endsMs
    await this.ctx.storage.setAlarm(endsMs)
  }
}

export type { Admission, GuessPolicy, Limit } from './throttle.rules.ts'
