import type { NotificationId } from '#contracts/ids'
import type { ImageUrls } from '#contracts/media'
import {
  ALWAYS_TOLD,
  NOTIFICATION_KEPT_MS,
  NOTIFICATIONS_KEPT_MAX,
  type NotificationType,
  type Preferences,
  type QuietHours,
} from '#contracts/notifications'
import { DAY_MS } from '#kit/clock'
import { type Channel, isOnAtFirst, ofEachType } from './channels.rules.ts'
import type { Announced, Draft, Line, Place } from './line.ts'

/** Longer than a fact can be told again (the platform's own inbox keeps its ids as long). */
const SOURCES_KEPT_MS = 8 * DAY_MS
const TABLES = [
  `CREATE TABLE IF NOT EXISTS notifications (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, params TEXT NOT NULL, url TEXT NOT NULL, photo TEXT, collapse_key TEXT,
  happened INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count >= 1), at_ms INTEGER NOT NULL, read_at_ms INTEGER,
  seq INTEGER UNIQUE, announce_at_ms INTEGER) STRICT`,
  'CREATE INDEX IF NOT EXISTS notifications_newest ON notifications (at_ms, id)',
  'CREATE INDEX IF NOT EXISTS notifications_unread ON notifications (at_ms, id) WHERE read_at_ms IS NULL',
  'CREATE INDEX IF NOT EXISTS notifications_waiting ON notifications (announce_at_ms) WHERE announce_at_ms IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS notifications_collapse ON notifications (collapse_key) WHERE read_at_ms IS NULL',
  'CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY, handled_at_ms INTEGER NOT NULL) STRICT',
  'CREATE INDEX IF NOT EXISTS sources_age ON sources (handled_at_ms)',
  `CREATE TABLE IF NOT EXISTS read_marks (
  collapse_key TEXT PRIMARY KEY, up_to INTEGER NOT NULL, noted_at_ms INTEGER NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS tickets (
  ticket TEXT PRIMARY KEY, good_until_ms INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL) STRICT`,
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
]
const ON = '1'
const OFF = '0'
const KEPT_TABLES = ['notifications', 'outgoing', 'sources', 'read_marks', 'tickets', 'facts']

type Row = Omit<Line, 'photo'> & { photo: string | null; seq: number | null }
const ROW = 'id, type, params, url, photo, count, read_at_ms AS readAtMs, at_ms AS atMs, seq'

/** The tables of one member's inbox. Everything here is synchronous: the object decides in one transaction. */
export class InboxStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const table of TABLES) sql.exec(table)
  }

  /** False when this source was handled before. */
  noteSource(source: string, atMs: number): boolean {
    return this.#changed('INSERT OR IGNORE INTO sources (source, handled_at_ms) VALUES (?, ?)', source, atMs)
  }

  /** The unread line that collects what has this key. */
  collecting(collapseKey: string): { id: NotificationId; happened: number } | undefined {
    return this.#first<{ id: NotificationId; happened: number }>(
      'SELECT id, happened FROM notifications WHERE collapse_key = ? AND read_at_ms IS NULL',
      collapseKey,
    )
  }

  insert(id: NotificationId, draft: Draft, announceAtMs: number): void {
    this.#sql.exec(
      `INSERT INTO notifications (id, type, params, url, photo, collapse_key, happened, count, at_ms, announce_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
      ...[id, draft.type, draft.params, draft.url, photoJson(draft.photo), draft.collapseKey],
      ...[draft.order ?? 0, draft.atMs, announceAtMs],
    )
  }

  /** The line speaks of the draft from now on; of two that came in the wrong order, of the later one. */
  collapse(id: NotificationId, draft: Draft, isNewer: boolean, announceAtMs: number): void {
    this.#sql.exec(
      'UPDATE notifications SET count = count + 1, announce_at_ms = ? WHERE id = ?',
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

  lastSeq(): number {
    return Number(this.fact('last_seq') ?? 0)
  }

  waiting(): { id: NotificationId; announceAtMs: number }[] {
    return this.#all(
      'SELECT id, announce_at_ms AS announceAtMs FROM notifications WHERE announce_at_ms IS NOT NULL',
    )
  }

  putOff(id: NotificationId, announceAtMs: number): void {
    this.#sql.exec('UPDATE notifications SET announce_at_ms = ? WHERE id = ?', announceAtMs, id)
  }

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

  markUnread(id: NotificationId): boolean {
    return this.#changed(
      'UPDATE notifications SET read_at_ms = NULL WHERE id = ? AND read_at_ms IS NOT NULL',
      id,
    )
  }

  markAllRead(atMs: number): boolean {
    return this.#changed(
      'UPDATE notifications SET read_at_ms = ?, announce_at_ms = NULL WHERE read_at_ms IS NULL',
      atMs,
    )
  }

  remove(id: NotificationId): boolean {
    return this.#changed('DELETE FROM notifications WHERE id = ?', id)
  }

  removeRead(): void {
    this.#sql.exec('DELETE FROM notifications WHERE read_at_ms IS NOT NULL')
  }

  /** How far the member has read what collects under a key. A mark never goes back. */
  noteReadUpTo(collapseKey: string, upTo: number, atMs: number): void {
    this.#sql.exec(
      `INSERT INTO read_marks (collapse_key, up_to, noted_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (collapse_key) DO UPDATE SET up_to = max(up_to, excluded.up_to), noted_at_ms = excluded.noted_at_ms`,
      ...[collapseKey, upTo, atMs],
    )
  }

  readUpTo(collapseKey: string): number {
    return (
      this.#first<{ upTo: number }>(
        'SELECT up_to AS upTo FROM read_marks WHERE collapse_key = ?',
        collapseKey,
      )?.upTo ?? -1
    )
  }

  putTicket(ticket: string, goodUntilMs: number, endsAtMs: number): void {
    this.#sql.exec(
      'INSERT INTO tickets (ticket, good_until_ms, ends_at_ms) VALUES (?, ?, ?)',
      ticket,
      goodUntilMs,
      endsAtMs,
    )
  }

  /** Uses a ticket up. */
  takeTicket(ticket: string, atMs: number): { endsAtMs: number } | undefined {
    const found = this.#first<{ endsAtMs: number }>(
      'DELETE FROM tickets WHERE ticket = ? AND good_until_ms > ? RETURNING ends_at_ms AS endsAtMs',
      ...[ticket, atMs],
    )
    return found
  }

  preferences(): Preferences {
    const choices = this.#choices()
    const quiet = choices.get('quiet_hours')
    const chosen = (channel: Channel, type: NotificationType): boolean => {
      const choice = choices.get(`${channel} ${type}`)
      return choice === undefined ? isOnAtFirst(channel, type) : choice === ON
    }
    return {
      types: ofEachType((type) => !choices.has(`off ${type}`)),
      channels: {
        push: ofEachType((type) => chosen('push', type)),
        mail: ofEachType((type) => chosen('mail', type)),
      },
      quietHours: quiet === undefined ? null : (JSON.parse(quiet) as QuietHours),
    }
  }

  setChannel(channel: Channel, type: NotificationType, isOn: boolean): void {
    this.setFact(`${channel} ${type}`, isOn ? ON : OFF)
  }

  setType(type: NotificationType, isTold: boolean): void {
    if (isTold || ALWAYS_TOLD.includes(type)) this.forgetFact(`off ${type}`)
    else this.setFact(`off ${type}`, '1')
  }

  setQuietHours(quiet: QuietHours | null): void {
    if (quiet === null) this.forgetFact('quiet_hours')
    else this.setFact('quiet_hours', JSON.stringify(quiet))
  }

  fact(name: string): string | undefined {
    return this.#first<{ value: string }>('SELECT value FROM facts WHERE name = ?', name)?.value
  }

  setFact(name: string, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, value)
  }

  forgetFact(name: string): void {
    this.#sql.exec('DELETE FROM facts WHERE name = ?', name)
  }

  /** Forgets what is too old or too much: the oldest read lines go first, then the oldest. */
  prune(atMs: number): void {
    this.#sql.exec('DELETE FROM notifications WHERE at_ms < ?', atMs - NOTIFICATION_KEPT_MS)
    if (this.#count() > NOTIFICATIONS_KEPT_MAX) {
      this.#sql.exec(
        `DELETE FROM notifications WHERE id IN (SELECT id FROM notifications
       ORDER BY read_at_ms IS NOT NULL, at_ms DESC, id DESC LIMIT -1 OFFSET ?)`,
        NOTIFICATIONS_KEPT_MAX,
      )
    }
    this.#sql.exec('DELETE FROM sources WHERE handled_at_ms < ?', atMs - SOURCES_KEPT_MS)
    this.#sql.exec('DELETE FROM read_marks WHERE noted_at_ms < ?', atMs - SOURCES_KEPT_MS)
    this.#sql.exec('DELETE FROM tickets WHERE good_until_ms < ?', atMs)
  }

  /** Removes everything, and leaves the mark that nothing is taken here any more. */
  wipe(): void {
    for (const table of KEPT_TABLES) this.#sql.exec(`DELETE FROM ${table}`)
    this.setFact('gone', '1')
  }

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
    this.setFact('last_seq', String(seq))
    return seq
  }

  #choices(): Map<string, string> {
    const rows = this.#all<{ name: string; value: string }>('SELECT name, value FROM facts')
    return new Map(rows.map(({ name, value }) => [name, value]))
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
