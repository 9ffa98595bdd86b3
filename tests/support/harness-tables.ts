import { unstable_splitSqlQuery as splitSql } from 'wrangler'
import { migrationsOf } from './migrations.ts'

/**
 * The tables of a domain in an empty database, in one trip. The harness's own `applyD1Migrations` makes one trip a statement, a
 * second of each platform's start.
 */
export async function makeTables(db: Pick<D1Database, 'exec'>, domain: string): Promise<void> {
  await db.exec(
    migrationsOf(domain)
      .flatMap((text) => splitSql(text))
      .map(onOneLine)
      .join('\n'),
  )
}

/** `exec` takes a line for a statement. No text in a migration holds two dashes or a line break. */
const onOneLine = (sql: string): string => sql.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim()
