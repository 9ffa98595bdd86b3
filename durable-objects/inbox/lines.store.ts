import type { NotificationId } from '#contracts/ids'
import type { ImageUrls } from '#contracts/media'
import { NOTIFICATION_KEPT_MS, NOTIFICATIONS_KEPT_MAX } from '#contracts/notifications'
import type { FactsStore } from './facts.store.ts'
import type { Announced, Draft, Line, Place } from './line.ts'

const TABLES = [
  `CREATE TABLE IF NOT EXISTS notifications (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, params TEXT NOT NULL, url TEXT NOT NULL, photo TEXT, collapse_key TEXT,
  happened INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count >= 1), at_ms INTEGER NOT NULL, read_at_ms INTEGER,
  seq INTEGER UNIQUE, announce_at_ms INTEGER) STRICT`,
  'CREATE INDEX IF NOT EXISTS notifications_newest ON notifications (at_ms, id)',
  'CREATE INDEX IF NOT EXISTS notifications_unread ON notifications (at_ms, id) WHERE read_at_ms IS NULL',
  'CREATE INDEX IF NOT EXISTS notifications_waiting ON notifications (announce_at_ms) WHERE announce_at_ms IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS notifications_collapse ON notifications (collapse_key) WHERE read_at_ms IS NULL',
]
/** The last number that was given out; a line that goes does not give its number back. */
const LAST_SEQ = 'last_seq'

type Row = Omit<Line, 'photo'> & { photo: string | null; seq: number | null }
const ROW = 'id, type, params, url, photo, count, read_at_ms AS readAtMs, at_ms AS atMs, seq'

/** The lines of one member's inbox and the numbers they were announced under. */
export class LinesStore {
  readonly #sql: SqlStorage
  readonly #facts: FactsStore

  constructor(sql: SqlStorage, facts: FactsStore) {
    this.#sql = sql
    this.#facts = facts
    for (const table of TABLES) sql.exec(table)
  }

  /** The unread line that collects what has this key. */
  collecting(collapseKey: string): { id: NotificationId; happened: number } | undefined {
    return this.#first<{ id: NotificationId; happened: number }>(
      'SELECT id, happened FROM notifications WHERE collapse_key = ? AND read_at_ms IS NULL',
      collapseKey,
    )
  }

  /** A line of its own, to be announced then. */
  insert(id: NotificationId, draft: Draft, announceAtMs: number): void {
    this.#sql.exec(
      `INSERT INTO notifications (id, type, params, url, photo, collapse_key, happened, count, at_ms, announce_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, draft.type, draft.params, draft.url, photoJson(draft.photo), draft.collapseKey],
      ...[draft.order ?? 0, draft.count, draft.atMs, announceAtMs],
    )
  }

  /** The line speaks of the draft from now on; of two that came in the wrong order, of the later one. */
  collapse(id: NotificationId, draft: Draft, isNewer: boolean, announceAtMs: number): void {
    this.#sql.exec(
      'UPDATE notifications SET count = count + ?, announce_at_ms = ? WHERE id = ?',
      draft.count,
      announceAtMs,
      id,
    )
    if (!isNewer) return
    this.#sql.exec(
      'UPDATE notifications SET params = ?, url = ?, photo = ?, happened = ?, at_ms = ? WHERE id = ?',
      ...[draft.params, draft.url, photoJson(draft.photo), draft.order ?? 0, draft.atMs, id],
    )
  }

  /** Gives numbers to what is due, in the order it became due; answers it. */
  announceDue(atMs: number): Announced[] {
    const due = this.#all<{ id: NotificationId }>(
      'SELECT id FROM notifications WHERE announce_at_ms <= ? ORDER BY announce_at_ms, at_ms, id',
      atMs,
    )
    return due
      .flatMap(({ id }) => {
        this.#sql.exec(
          'UPDATE notifications SET seq = ?, announce_at_ms = NULL WHERE id = ?',
          this.#nextSeq(),
          id,
        )
        return this.#first<Row>(`SELECT ${ROW} FROM notifications WHERE id = ?`, id) ?? []
      })
      .flatMap(announcedOf)
  }

  /** What was announced past a number, in order. */
  announcedAfter(seq: number): Announced[] {
    return this.#all<Row>(`SELECT ${ROW} FROM notifications WHERE seq > ? ORDER BY seq`, seq).flatMap(
      announcedOf,
    )
  }

  /** The last number given out, also of a line that is gone; 0 before the first. */
  lastSeq(): number {
    return Number(this.#facts.get(LAST_SEQ) ?? 0)
  }

  /** What is put off, and until when. */
  waiting(): { id: NotificationId; announceAtMs: number }[] {
    return this.#all(
      'SELECT id, announce_at_ms AS announceAtMs FROM notifications WHERE announce_at_ms IS NOT NULL',
    )
  }

  /** Has no number yet, and gets none before that time. */
  putOff(id: NotificationId, announceAtMs: number): void {
    this.#sql.exec('UPDATE notifications SET announce_at_ms = ? WHERE id = ?', announceAtMs, id)
  }

  /** The newest that lie behind a place. */
  page(after: Place | null, isUnreadOnly: boolean, limit: number): Line[] {
    return this.#all<Row>(
      `SELECT ${ROW} FROM notifications WHERE (at_ms, id) < (?, ?)${isUnreadOnly ? ' AND read_at_ms IS NULL' : ''}
       ORDER BY at_ms DESC, id DESC LIMIT ?`,
      ...[after?.atMs ?? Number.MAX_SAFE_INTEGER, after?.id ?? '', limit],
    ).map(lineOf)
  }

  line(id: NotificationId): Line | undefined {
    const row = this.#first<Row>(`SELECT ${ROW} FROM notifications WHERE id = ?`, id)
    return row && lineOf(row)
  }

  unread(): number {
    return (
      this.#first<{ n: number }>('SELECT count(*) AS n FROM notifications WHERE read_at_ms IS NULL')?.n ?? 0
    )
  }

  /** What was read needs no announcing any more. False when it was read already or is not there. */
  markRead(id: NotificationId, atMs: number): boolean {
    return this.#changed(
      'UPDATE notifications SET read_at_ms = ?, announce_at_ms = NULL WHERE id = ? AND read_at_ms IS NULL',
      ...[atMs, id],
    )
  }

  /** It is not announced again. False when it was unread already or is not there. */
  markUnread(id: NotificationId): boolean {
    return this.#changed(
      'UPDATE notifications SET read_at_ms = NULL WHERE id = ? AND read_at_ms IS NOT NULL',
      id,
    )
  }

  /** False when there was nothing to read. */
  markAllRead(atMs: number): boolean {
    return this.#changed(
      'UPDATE notifications SET read_at_ms = ?, announce_at_ms = NULL WHERE read_at_ms IS NULL',
      atMs,
    )
  }

  /** False when it is not there. */
  remove(id: NotificationId): boolean {
    return this.#changed('DELETE FROM notifications WHERE id = ?', id)
  }

  removeRead(): void {
    this.#sql.exec('DELETE FROM notifications WHERE read_at_ms IS NOT NULL')
  }

  /** Forgets what is too old or too much: the oldest read lines go first, then the oldest. */
  prune(atMs: number): void {
    this.#sql.exec('DELETE FROM notifications WHERE at_ms < ?', atMs - NOTIFICATION_KEPT_MS)
    if (this.#count() <= NOTIFICATIONS_KEPT_MAX) return
    this.#sql.exec(
      `DELETE FROM notifications WHERE id IN (SELECT id FROM notifications
       ORDER BY read_at_ms IS NOT NULL, at_ms DESC, id DESC LIMIT -1 OFFSET ?)`,
      NOTIFICATIONS_KEPT_MAX,
    )
  }

  /** When the next line is to be announced, and when the oldest came. */
  nextMoments(): { announceAtMs: number | null; oldestAtMs: number | null } {
    return {
      announceAtMs: this.#min(
        'SELECT min(announce_at_ms) AS at FROM notifications WHERE announce_at_ms IS NOT NULL',
      ),
      oldestAtMs: this.#min('SELECT min(at_ms) AS at FROM notifications'),
    }
  }

  #count(): number {
    return this.#first<{ n: number }>('SELECT count(*) AS n FROM notifications')?.n ?? 0
  }

  #min(query: string): number | null {
    return this.#first<{ at: number | null }>(query)?.at ?? null
  }

  #nextSeq(): number {
    const seq = this.lastSeq() + 1
    this.#facts.set(LAST_SEQ, String(seq))
    return seq
  }

  #all<Found extends Record<string, SqlStorageValue>>(query: string, ...binds: SqlStorageValue[]): Found[] {
    return this.#sql.exec<Found>(query, ...binds).toArray()
  }

  #first<Found extends Record<string, SqlStorageValue>>(
    query: string,
    ...binds: SqlStorageValue[]
  ): Found | undefined {
    return this.#all<Found>(query, ...binds)[0]
  }

  #changed(query: string, ...binds: SqlStorageValue[]): boolean {
    return this.#all(`${query} RETURNING 1 AS changed`, ...binds).length > 0
  }
}

// Our own JSON, written by `insert` and `collapse` above.
const lineOf = ({ seq: _seq, photo, ...row }: Row): Line => ({
  ...row,
  photo: photo === null ? null : (JSON.parse(photo) as ImageUrls),
})

const announcedOf = (row: Row): Announced[] => (row.seq === null ? [] : [{ ...lineOf(row), seq: row.seq }])

const photoJson = (photo: ImageUrls | null): string | null => (photo === null ? null : JSON.stringify(photo))
