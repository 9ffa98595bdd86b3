import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_splitSqlQuery as splitSql } from 'wrangler'
import { d1File, databaseIdOf } from './d1-files.ts'
import { Refused } from './refused.ts'
import type { Worker } from './workers.ts'

/** The table in which wrangler, too, keeps the names of the migrations it has applied. */
const APPLIED_TABLE = 'd1_migrations'

export type Database = { id: string; name: string; migrationsDir: string }
type Waiting = { database: Database; files: string[] }

/** Every D1 database of these workers that has migrations. */
export const databasesOf = (workers: Worker[]): Database[] =>
  workers.flatMap(({ dir, toml }) =>
    toml.d1_databases.flatMap((database) =>
      database.migrations_dir
        ? [
            {
              id: databaseIdOf(database),
              name: database.database_name,
              migrationsDir: resolve(dir, database.migrations_dir),
            },
          ]
        : [],
    ),
  )

/** The migrations of a database in their order. */
export const migrationFiles = (database: Database): string[] =>
  readdirSync(database.migrationsDir)
    .filter((file) => file.endsWith('.sql'))
    .sort()

/**
 * Applies what is waiting, each migration in one batch with its own mark: a process that dies half way leaves whole
 * migrations only, and the next start goes on. When nothing is waiting no runtime is started. Returns how many it applied.
 */
export async function migrate(workers: Worker[], stateDir: string): Promise<number> {
  const waiting = databasesOf(workers)
    .map((database) => ({ database, files: waitingFiles(stateDir, database) }))
    .filter(({ files }) => files.length > 0)
  if (waiting.length > 0) await apply(waiting, stateDir)
  return waiting.reduce((count, { files }) => count + files.length, 0)
}

function waitingFiles(stateDir: string, database: Database): string[] {
  const file = d1File(stateDir, database.id)
  const applied = existsSync(file) ? appliedIn(file) : new Set<string>()
  return migrationFiles(database).filter((name) => !applied.has(name))
}

function appliedIn(file: string): Set<string> {
  const sqlite = new DatabaseSync(file, { readOnly: true })
  try {
    const table = sqlite.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(APPLIED_TABLE)
    if (!table) return new Set()
    return new Set(
      sqlite
        .prepare(`SELECT name FROM ${APPLIED_TABLE}`)
        .all()
        .map(({ name }) => String(name)),
    )
  } finally {
    sqlite.close()
  }
}

async function apply(waiting: Waiting[], stateDir: string): Promise<void> {
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default {}',
      compatibilityDate: '2026-11-01',
      d1Databases: Object.fromEntries(waiting.map(({ database }) => [database.name, database.id])),
      resourcePersistencePath: join(stateDir, 'v3'),
    }),
  )
  try {
    for (const { database, files } of waiting) {
      const db = await runtime.getD1Database(database.name)
      await applyFiles(db, database, files)
    }
  } finally {
    await runtime.dispose()
  }
}

type Db = Awaited<ReturnType<Miniflare['getD1Database']>>

async function applyFiles(db: Db, database: Database, files: string[]): Promise<void> {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS ${APPLIED_TABLE}(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const known = await db.prepare(`SELECT name FROM ${APPLIED_TABLE}`).all<{ name: string }>()
  const applied = new Set(known.results.map(({ name }) => name))
  for (const file of files.filter((name) => !applied.has(name))) {
    const statements = splitSql(readFileSync(join(database.migrationsDir, file), 'utf8'))
    try {
      await db.batch([
        ...statements.map((sql) => db.prepare(sql)),
        db.prepare(`INSERT INTO ${APPLIED_TABLE} (name) VALUES (?)`).bind(file),
      ])
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Refused(`The migration ${database.name}/${file} failed: ${reason}`)
    }
  }
}
