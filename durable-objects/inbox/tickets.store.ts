const TABLE = `CREATE TABLE IF NOT EXISTS tickets (
  ticket TEXT PRIMARY KEY, good_until_ms INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL) STRICT`

/** Tickets for a socket, each good for a moment and once. */
export class TicketsStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(TABLE)
  }

  put(ticket: string, goodUntilMs: number, endsAtMs: number): void {
    this.#sql.exec(
      'INSERT INTO tickets (ticket, good_until_ms, ends_at_ms) VALUES (?, ?, ?)',
      ...[ticket, goodUntilMs, endsAtMs],
    )
  }

  /** Uses a ticket up. */
  take(ticket: string, atMs: number): { endsAtMs: number } | undefined {
    return this.#sql
      .exec<{ endsAtMs: number }>(
        'DELETE FROM tickets WHERE ticket = ? AND good_until_ms > ? RETURNING ends_at_ms AS endsAtMs',
        ...[ticket, atMs],
      )
      .toArray()[0]
  }

  prune(atMs: number): void {
    this.#sql.exec('DELETE FROM tickets WHERE good_until_ms < ?', atMs)
  }
}
