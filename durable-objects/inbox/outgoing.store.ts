import type { NotificationId } from '#contracts/ids'

/**
 * `devices`: to whichever devices the member has when its time comes; `mail`: a letter, unless it was seen or a device took it until then;
 * else the id of the one device that is still to get it.
 */
export const TO_DEVICES = 'devices'
export const BY_MAIL = 'mail'

const TABLES = [
  `CREATE TABLE IF NOT EXISTS outgoing (
  notification_id TEXT NOT NULL, way TEXT NOT NULL, due_at_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (notification_id, way)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS outgoing_due ON outgoing (due_at_ms)',
]

export type Due = { id: NotificationId; way: string; tries: number }

/** What is still to leave the house for lines of this inbox. Synchronous, like the inbox's own tables. */
export class OutgoingStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const table of TABLES) sql.exec(table)
  }

  /** To all devices, from the beginning: a line that collects is sent as it stands then, in place of what waited. */
  putDevices(id: NotificationId, dueAtMs: number): void {
    this.#sql.exec('DELETE FROM outgoing WHERE notification_id = ? AND way <> ?', id, BY_MAIL)
    this.#put(id, TO_DEVICES, dueAtMs)
  }

  /** A letter; one that waits already keeps its time. */
  putMail(id: NotificationId, dueAtMs: number): void {
    this.#put(id, BY_MAIL, dueAtMs)
  }

  /** The devices there are take the place of those there might be. */
  fanOut(id: NotificationId, deviceIds: string[], dueAtMs: number): void {
    this.drop(id, TO_DEVICES)
    for (const deviceId of deviceIds) this.#put(id, deviceId, dueAtMs)
  }

  due(atMs: number, limit: number): Due[] {
    return this.#sql
      .exec<Due>(
        `SELECT notification_id AS id, way, tries FROM outgoing WHERE due_at_ms <= ?
         ORDER BY due_at_ms, notification_id, way LIMIT ?`,
        ...[atMs, limit],
      )
      .toArray()
  }

  later({ id, way }: Pick<Due, 'id' | 'way'>, dueAtMs: number): void {
    this.#sql.exec(
      'UPDATE outgoing SET due_at_ms = ?, tries = tries + 1 WHERE notification_id = ? AND way = ?',
      ...[dueAtMs, id, way],
    )
  }

  /** What waits for its line to be announced waits for the new time. */
  putOff(id: NotificationId, byMs: number): void {
    this.#sql.exec(
      'UPDATE outgoing SET due_at_ms = max(0, due_at_ms + ?) WHERE notification_id = ?',
      byMs,
      id,
    )
  }

  drop(id: NotificationId, way: string): void {
    this.#sql.exec('DELETE FROM outgoing WHERE notification_id = ? AND way = ?', id, way)
  }

  /** What was read, or is gone, needs no sending. */
  dropSettled(): void {
    this.#sql.exec(
      'DELETE FROM outgoing WHERE notification_id NOT IN (SELECT id FROM notifications WHERE read_at_ms IS NULL)',
    )
  }

  nextDueMs(): number | null {
    return (
      this.#sql.exec<{ at: number | null }>('SELECT min(due_at_ms) AS at FROM outgoing').toArray()[0]?.at ??
      null
    )
  }

  #put(id: NotificationId, way: string, dueAtMs: number): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO outgoing (notification_id, way, due_at_ms) VALUES (?, ?, ?)',
      ...[id, way, dueAtMs],
    )
  }
}
