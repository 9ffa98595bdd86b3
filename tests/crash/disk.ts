import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { openD1 } from '../../bench/sqlite-d1.ts'
import { d1File } from '../../scripts/d1-files.ts'
import { accountOf, platformAccount, transferStatements } from '../../workers/payments/ledger.store.ts'

/** Who opens a file that something may still run on waits so long for its turn. */
export const BUSY_MS = 5_000

/** Asks a database's file, whether or not anything runs. */
export function rowsOf<Row extends z.ZodType>(
  stateDir: string,
  database: string,
  row: Row,
  sql: string,
  ...params: (string | number)[]
): z.infer<Row>[] {
  return rowsOfFile(d1File(stateDir, database), row, sql, ...params)
}

/** The same of any SQLite file. */
export function rowsOfFile<Row extends z.ZodType>(
  file: string,
  row: Row,
  sql: string,
  ...params: (string | number)[]
): z.infer<Row>[] {
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS })
  try {
    return z.array(row).parse(db.prepare(sql).all(...params))
  } finally {
    db.close()
  }
}

/** Money in every wallet, as top-ups bring it. Nothing else may be running. */
export function fillPurses(stateDir: string, purses: ReadonlyMap<MemberId, number>): void {
  const books = openD1(d1File(stateDir, 'madang-payments'), 'PAYMENTS')
  books.exec('BEGIN')
  for (const [memberId, amount] of purses) {
    const id = newId('xfr', Date.now())
    const transfer = { id, from: platformAccount('provider'), to: accountOf(memberId), amount }
    const facts = { ...transfer, cause: { kind: 'charge' as const, id }, memo: null, url: null }
    books.write(transferStatements(books.db, { ...facts, atMs: Date.now() }))
  }
  books.exec('COMMIT')
  books.close()
}
