import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { migrationsOf } from './migrations.ts'

/** A domain's empty database in memory, in Node's own SQLite. */
export function databaseOf(domain: string): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const text of migrationsOf(domain)) db.exec(text)
  return db
}

/** The little of D1 that reading needs, over Node's SQLite: for what asks a store ten thousand questions. */
export function readingD1(db: DatabaseSync): D1Database {
  const bound = (sql: string, binds: (string | number | null)[]) => ({
    all: async () => ({ results: db.prepare(sql).all(...binds) }),
    first: async () => db.prepare(sql).get(...binds) ?? null,
  })
  const prepare = (sql: string) => ({
    ...bound(sql, []),
    bind: (...binds: (string | number | null)[]) => bound(sql, binds),
  })
  return AsD1.parse({ prepare })
}

/** A statement of `writingD1`, as its batch runs it. */
const Statement = z.object({ run: z.custom<() => Promise<unknown>>((value) => typeof value === 'function') })

/** D1 as far as one store writes: a batch is one transaction, rolled back whole when a statement of it fails. */
export function writingD1(db: DatabaseSync): D1Database {
  const reading = readingD1(db)
  const bound = (sql: string, binds: (string | number | null)[]) => ({
    all: () =>
      reading
        .prepare(sql)
        .bind(...binds)
        .all(),
    first: () =>
      reading
        .prepare(sql)
        .bind(...binds)
        .first(),
    run: async () => ({ meta: { changes: Number(db.prepare(sql).run(...binds).changes) } }),
  })
  const prepare = (sql: string) => ({
    ...bound(sql, []),
    bind: (...binds: (string | number | null)[]) => bound(sql, binds),
  })
  const batch = async (statements: unknown[]) => {
    db.exec('BEGIN')
    try {
      const results = []
      for (const statement of statements) results.push(await Statement.parse(statement).run())
      db.exec('COMMIT')
      return results
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
  return AsD1.parse({ prepare, batch })
}

const AsD1 = z.custom<D1Database>(
  (value) => typeof value === 'object' && value !== null && 'prepare' in value,
)
