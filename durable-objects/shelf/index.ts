import { DurableObject } from 'cloudflare:workers'
import { DAY_MS, MINUTE_MS, nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { type Admission, admission, LOOSE_WINDOW_MS } from './quota.rules.ts'

/** What the keeper of the photos knows of one. `gone` also means "was never written down". */
export type PhotoFate = { kind: 'hung' } | { kind: 'loose'; dueAtMs: number } | { kind: 'gone' }

/** A photo that hangs somewhere is looked at again this often, so that a lost word about its taking down is made good. */
const HUNG_LOOK_MS = 30 * DAY_MS
/** A photo nobody hung is looked at after a day. */
const LOOSE_LOOK_MS = DAY_MS
const LOOK_BATCH = 100
const RETRY_MS = 5 * MINUTE_MS

/**
 * The photos of one member: counts what they take and, by alarm, asks for each in its time whether it may go. It holds no photo
 * and decides no removal itself: `examine` does, against the database. So everything here may be late, repeated or lost without
 * taking a photo that is in use; at worst a quota is off for a day.
 */
export abstract class OwnersShelf<Env> extends DurableObject<Env> {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS photos (
      image_id TEXT PRIMARY KEY,
      bytes INTEGER NOT NULL CHECK (bytes >= 0),
      added_at_ms INTEGER NOT NULL,
      is_hung INTEGER NOT NULL CHECK (is_hung IN (0, 1)),
      look_at_ms INTEGER NOT NULL
    ) STRICT`)
    this.#sql.exec('CREATE INDEX IF NOT EXISTS photos_look ON photos (look_at_ms)')
    // An alarm that failed too often is dropped by the platform: whoever wakes the object next sets it again.
    ctx.blockConcurrencyWhile(() => this.#arm())
  }

  /** What has become of these photos. Removes what is due on the way; asked twice it answers the same. */
  protected abstract examine(imageIds: string[], atMs: number): Promise<Map<string, PhotoFate>>

  /** Takes a photo's place on the shelf, before its bytes are stored. Asking again for the same photo takes no second place. */
  async admit(imageId: string, bytes: number, atMs: number): Promise<Admission> {
    const decided = this.ctx.storage.transactionSync(() => {
      const verdict = admission(this.#use(atMs), bytes)
      if (verdict === 'admitted') {
        this.#sql.exec(
          'INSERT OR IGNORE INTO photos (image_id, bytes, added_at_ms, is_hung, look_at_ms) VALUES (?, ?, ?, 0, ?)',
          imageId,
          bytes,
          atMs,
          atMs + LOOSE_LOOK_MS,
        )
      }
      return verdict
    })
    await this.#arm()
    return decided
  }

  /** Gives the place back of a photo that was not stored after all. When this is never called, the alarm finds out. */
  release(imageId: string): void {
    this.#sql.exec('DELETE FROM photos WHERE image_id = ?', imageId)
  }

  /** Tells which photos were hung and which were taken down, so that the day's count is right at once. */
  note(change: { hung: string[]; takenDown: string[] }): void {
    this.ctx.storage.transactionSync(() => {
      for (const id of change.hung) this.#sql.exec('UPDATE photos SET is_hung = 1 WHERE image_id = ?', id)
      for (const id of change.takenDown)
        this.#sql.exec('UPDATE photos SET is_hung = 0 WHERE image_id = ?', id)
    })
  }

  /** Looks at what has come due. Never throws: a failed look is put off, and the next alarm is always set. */
  override async alarm(): Promise<void> {
    const atMs = nowMs()
    const due = this.#dueIds(atMs)
    try {
      this.#settle(await this.examine(due, atMs), atMs)
    } catch (error) {
      log('error', 'shelf look failed', describeError(error))
      for (const id of due) this.#lookAgain(id, atMs + RETRY_MS)
    }
    await this.#arm()
  }

  #use(atMs: number) {
    const row = this.#sql
      .exec<{ loose: number; bytes: number }>(
        'SELECT COALESCE(SUM(is_hung = 0 AND added_at_ms > ?), 0) AS loose, COALESCE(SUM(bytes), 0) AS bytes FROM photos',
        atMs - LOOSE_WINDOW_MS,
      )
      .one()
    return { loosePhotosToday: row.loose, bytes: row.bytes }
  }

  #dueIds(atMs: number): string[] {
    const query = 'SELECT image_id AS id FROM photos WHERE look_at_ms <= ? ORDER BY look_at_ms LIMIT ?'
    return this.#sql
      .exec<{ id: string }>(query, atMs, LOOK_BATCH)
      .toArray()
      .map(({ id }) => id)
  }

  #settle(fates: Map<string, PhotoFate>, atMs: number): void {
    this.ctx.storage.transactionSync(() => {
      for (const [id, fate] of fates) {
        if (fate.kind === 'gone') this.release(id)
        else if (fate.kind === 'hung') {
          this.note({ hung: [id], takenDown: [] })
          this.#lookAgain(id, atMs + HUNG_LOOK_MS)
        } else {
          this.note({ hung: [], takenDown: [id] })
          this.#lookAgain(id, Math.max(fate.dueAtMs, atMs + MINUTE_MS))
        }
      }
    })
  }

  #lookAgain(id: string, atMs: number): void {
    this.#sql.exec('UPDATE photos SET look_at_ms = ? WHERE image_id = ?', atMs, id)
  }

  /** Sets the alarm to the earliest look; a moment that is already past fires at once. */
  async #arm(): Promise<void> {
    const { next } = this.#sql
      .exec<{ next: number | null }>('SELECT MIN(look_at_ms) AS next FROM photos')
      .one()
    if (next === null) return
    const armed = await this.ctx.storage.getAlarm()
    if (armed === null || armed > next) await this.ctx.storage.setAlarm(next)
  }
}
