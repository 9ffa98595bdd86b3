/**
 * `db.batch` is D1's only atomic unit: one transaction, rolled back whole when any statement fails. A 0-row UPDATE does
 * not fail it, so what must have matched is followed by a guard that does.
 */

/** A query built by drizzle as a statement that can stand in a batch beside hand-written ones. */
export function prepared(
  db: D1Database,
  query: { toSQL(): { sql: string; params: unknown[] } },
): D1PreparedStatement {
  const { sql, params } = query.toSQL()
  return db.prepare(sql).bind(...params)
}

/** Placed right after a write: aborts the whole batch unless that write changed exactly one row. */
export const assertChangedOne = (db: D1Database): D1PreparedStatement =>
  db.prepare('INSERT INTO batch_guard (changed_one) SELECT NULL WHERE changes() <> 1')

export type BatchOutcome =
  | { kind: 'done'; results: D1Result[] }
  /**
   * A guard, a unique key or a trigger said no; nothing of the batch was written. `constraint` is `table.column`, the name of a
   * CHECK, or what the trigger raised.
   */
  | { kind: 'aborted'; constraint: string }

const CONSTRAINT = /(?:UNIQUE|NOT NULL|CHECK) constraint failed: ([\w.]+)/
/** What a trigger's `RAISE(ABORT, 'NAME')` comes out as, in D1 and in SQLite itself. */
const RAISED = /^(?:D1_ERROR: )?([A-Z][A-Z_]*[A-Z])(?:: SQLITE_CONSTRAINT.*)?$/

/** Runs a batch; a broken constraint is an answer, anything else (an outage, a bug) is thrown. */
export async function runBatch(db: D1Database, statements: D1PreparedStatement[]): Promise<BatchOutcome> {
  try {
    return { kind: 'done', results: await db.batch(statements) }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const constraint = (CONSTRAINT.exec(message) ?? RAISED.exec(message))?.[1]
    if (constraint) return { kind: 'aborted', constraint }
    throw error
  }
}

const BOUND_PARAMETERS_MAX = 100

/** Rows in groups that fit D1's 100 bound parameters a statement; `columns` is how many each row binds. */
export function chunksByColumns<Row>(rows: Row[], columns: number): Row[][] {
  const size = Math.max(1, Math.floor(BOUND_PARAMETERS_MAX / columns))
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  )
}
