import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Operation, Value } from './recording.ts'

/** Told of every operation before it runs. */
export type Listener = (operation: Operation) => void

/**
 * A D1 database over a SQLite file, in this process. It exists for two uses: to write many rows fast with the workers' own
 * statements, and to hear which statements a request runs. Not D1's limits, not its wire.
 */
export function openD1(file: string, name: Operation['db'], listener: Listener = () => {}) {
  const sqlite = new DatabaseSync(file)
  sqlite.exec('PRAGMA synchronous = OFF')
  const compiled = new Map<string, StatementSync>()
  const compile = (sql: string): StatementSync => {
    const known = compiled.get(sql)
    if (known) return known
    const fresh = sqlite.prepare(sql)
    compiled.set(sql, fresh)
    return fresh
  }
  const run = (sql: string, params: Value[]) => {
    const results = compile(sql).all(...params)
    const changes = Number(compile('SELECT changes() AS n').get()?.n ?? 0)
    return { success: true, results, meta: { changes, rows_read: 0, rows_written: 0, duration: 0 } }
  }
  const heard = (statements: Operation['statements']) => listener({ db: name, statements })
  const statement = (sql: string, params: Value[]): Bound => ({
    sql,
    params,
    bind: (...values) => statement(sql, values),
    all: async () => {
      heard([{ sql, params }])
      return run(sql, params)
    },
    run: async () => {
      heard([{ sql, params }])
      return run(sql, params)
    },
    first: async (column) => {
      heard([{ sql, params }])
      const row = run(sql, params).results[0] ?? null
      return column && row ? row[column] : row
    },
    raw: async () => {
      heard([{ sql, params }])
      return run(sql, params).results.map((row) => Object.values(row))
    },
  })
  const transaction = (statements: readonly Bound[]) => {
    sqlite.exec('BEGIN')
    try {
      const results = statements.map(({ sql, params }) => run(sql, params))
      sqlite.exec('COMMIT')
      return results
    } catch (error) {
      sqlite.exec('ROLLBACK')
      throw error
    }
  }
  const db = {
    prepare: (sql: string) => statement(sql, []),
    batch: async (statements: readonly Bound[]) => {
      heard(statements.map(({ sql, params }) => ({ sql, params })))
      return transaction(statements)
    },
  }
  return {
    // The workers ask no more of D1 than what is above; TypeScript cannot see that.
    db: db as unknown as D1Database,
    /** Writes statements the workers made, without telling the listener; `begin` and `commit` frame many of them. */
    write: (statements: readonly D1PreparedStatement[]) => {
      for (const { sql, params } of statements as unknown as Bound[]) compile(sql).run(...params)
    },
    exec: (sql: string) => sqlite.exec(sql),
    close: () => sqlite.close(),
  }
}

type Bound = {
  sql: string
  params: Value[]
  bind: (...values: Value[]) => Bound
  all: () => Promise<unknown>
  run: () => Promise<unknown>
  first: (column?: string) => Promise<unknown>
  raw: () => Promise<unknown>
}

/** Of the statements a worker made, those that insert. */
export const inserts = (statements: readonly D1PreparedStatement[]): D1PreparedStatement[] =>
  statements.filter((statement) => /^\s*INSERT/.test((statement as unknown as Bound).sql))
