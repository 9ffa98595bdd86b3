import type { Result } from '#contracts/errors'
import type { Page } from '#contracts/page'
import { openCursor, type Position, sealCursor } from '#kit/page'
import { ok } from '#kit/result'

/** Where a page begins; null for the first one. */
export const openPage = (
  secret: string,
  list: string,
  cursor: string | undefined,
): Result<Position | null> => (cursor === undefined ? ok(null) : openCursor(secret, list, cursor))

/** A page of `rows`, which were read one further than `limit`; `positionOf` says where a row stands in the list. */
export function pageFrom<Row>(
  secret: string,
  list: string,
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => Position,
): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return { items, nextCursor: hasMore ? sealCursor(secret, list, positionOf(last)) : null }
}
