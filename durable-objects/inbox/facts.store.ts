const TABLE = 'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'

/** What this inbox knows by a name, a word or a number each. */
export class FactsStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(TABLE)
  }

  get(name: string): string | undefined {
    return this.#sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()[0]
      ?.value
  }

  all(): Map<string, string> {
    const rows = this.#sql.exec<{ name: string; value: string }>('SELECT name, value FROM facts').toArray()
    return new Map(rows.map(({ name, value }) => [name, value]))
  }

  set(name: string, value: string): void {
    this.#sql.exec('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, value)
  }

  forget(name: string): void {
    this.#sql.exec('DELETE FROM facts WHERE name = ?', name)
  }
}
