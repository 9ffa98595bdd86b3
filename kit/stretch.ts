import type { Result } from '#contracts/errors'
import type { Condition } from './around.ts'
import { openPage, sealCursor } from './page.ts'
import { ok } from './result.ts'

/** A place in a list: the sort key's value and the row's `seq`. */
export type Place = { key: number; seq: number }
export type Statement = Condition

/** One reading of a stretch of an index: what it found, and where it stopped looking; null when it came to the end. */
export type Reading<Row> = { rows: Row[]; stoppedAt: Place | null }

/** The place a cursor names, or null for a list's beginning. A cursor of another list is `CURSOR_INVALID`. */
export function placeOf(secret: string, list: string, cursor: string | undefined): Result<Place | null> {
  const opened = openPage(secret, list, cursor)
  if (!opened.ok) return opened
  return ok(opened.value && { key: Number(opened.value[0]), seq: Number(opened.value[1]) })
}

/** The cursor that goes on from a place; null at the end. */
export const cursorAt = (secret: string, list: string, next: Place | null): string | null =>
  next && sealCursor(secret, list, [next.key, next.seq])

/** Runs a list's statement. One that may stop early says with its rows where (`stopKey`, `stopSeq`), also when it found none. */
export async function readStretch<Row extends Place & { id: string }>(
  db: D1Database,
  { sql, binds }: Statement,
): Promise<Reading<Row>> {
  const { results } = await db
    .prepare(sql)
    .bind(...binds)
    .all<Row & { stopKey?: number | null; stopSeq?: number | null }>()
  const first = results[0]
  const stoppedAt =
    first?.stopKey == null || first.stopSeq == null ? null : { key: first.stopKey, seq: first.stopSeq }
  return { rows: results.filter((row) => row.id !== null), stoppedAt }
}

/** A page of at most `limit`; the next one begins after its last row, or where looking stopped. */
export function cut<Row extends Place>(
  rows: Row[],
  limit: number,
  stoppedAt: Place | null,
): { rows: Row[]; next: Place | null } {
  const last = rows[limit - 1]
  if (rows.length > limit && last)
    return { rows: rows.slice(0, limit), next: { key: last.key, seq: last.seq } }
  return { rows, next: stoppedAt }
}
