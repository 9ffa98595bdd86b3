import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations')

/** A domain's empty database in memory, in Node's own SQLite. */
export function databaseOf(domain: string): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const file of readdirSync(join(MIGRATIONS, domain)).toSorted())
    db.exec(readFileSync(join(MIGRATIONS, domain, file), 'utf8'))
  return db
}

/** The little of D1 that reading needs, over Node's SQLite: for what asks a store ten thousand questions. */
export function readingD1(db: DatabaseSync): D1Database {
  const prepare = (sql: string) => ({
    bind: (...binds: (string | number | null)[]) => ({
      all: async () => ({ results: db.prepare(sql).all(...binds) }),
      first: async () => db.prepare(sql).get(...binds) ?? null,
    }),
  })
  return AsD1.parse({ prepare })
}

const AsD1 = z.custom<D1Database>(
  (value) => typeof value === 'object' && value !== null && 'prepare' in value,
)
