import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { Page } from '#contracts/page'
import type { Condition } from './place.ts'
import { ok, refuse } from './result.ts'

const MAC_BYTES = 12
const Position = z.array(z.union([z.string(), z.number()]))
export type Position = z.infer<typeof Position>

/**
 * Opaque cursors: base64url of a truncated HMAC-SHA-256 and the position it covers. `list` names the list and its sort (and
 * filters where they shape the order), so that a cursor of another list, sort or forger is `CURSOR_INVALID`. Node's HMAC
 * answers at once, where WebCrypto's would cost a turn of the event loop on every page of every list.
 */
export function sealCursor(secret: string, list: string, position: Readonly<Position>): string {
  const payload = Buffer.from(JSON.stringify(position))
  return Buffer.concat([macOf(secret, list, payload), payload]).toString('base64url')
}

/** The position a cursor holds, or `CURSOR_INVALID` when it is not ours, not of this list, or damaged. */
export function openCursor(secret: string, list: string, cursor: string): Result<Position> {
  const bytes = Buffer.from(cursor, 'base64url')
  const payload = bytes.subarray(MAC_BYTES)
  const isOurs = bytes.length > MAC_BYTES && bytes.toString('base64url') === cursor
  if (!isOurs || !timingSafeEqual(macOf(secret, list, payload), bytes.subarray(0, MAC_BYTES))) {
    return refuse('CURSOR_INVALID')
  }
  return ok(Position.parse(JSON.parse(payload.toString())))
}

const macOf = (secret: string, list: string, payload: Buffer): Buffer =>
  createHmac('sha256', secret).update(`${list}\n`).update(payload).digest().subarray(0, MAC_BYTES)

/** Where a page begins; null for a list's first one. A cursor of another list is `CURSOR_INVALID`. */
export const openPage = (
  secret: string,
  list: string,
  cursor: string | undefined,
): Result<Position | null> => (cursor === undefined ? ok(null) : openCursor(secret, list, cursor))

/** A page of `rows`, which were read one further than `limit`; `positionOf` says where a row stands in the list. */
export function pageFrom<Row>(
  secret: string,
  list: string,
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => Position,
): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return { items, nextCursor: hasMore ? sealCursor(secret, list, positionOf(last)) : null }
}

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
