import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { Page } from '#contracts/page'
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
