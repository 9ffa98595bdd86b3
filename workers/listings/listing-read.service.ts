import type { Result } from '#contracts/errors'
import type { ListingId, MemberId } from '#contracts/ids'
import type { Listing, ListingCard, ListingStatus } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { Position } from '#contracts/place'
import { sealCursor } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf, listingOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import { placeOf } from './list.service.ts'
import { readStretch } from './list.store.ts'
import { mineStretch, readListing } from './listing.store.ts'

/** One listing. `isPublic` is false for a hidden one, which only its seller sees. */
export async function findListing(
  db: D1Database,
  id: ListingId,
  viewer: MemberId | null,
  from: Position | null,
): Promise<Result<{ listing: Listing; isPublic: boolean }>> {
  const row = await readListing(db, id)
  if (!row || (row.listed === 0 && row.sellerId !== viewer)) return refuse('NOT_FOUND')
  return ok({ listing: listingOf(row, from), isPublic: row.listed === 1 })
}

/** A listing of one's own, hidden or not. */
export async function findMine(db: D1Database, id: ListingId, memberId: MemberId): Promise<Result<Listing>> {
  const row = await readListing(db, id)
  return row && row.sellerId === memberId ? ok(listingOf(row)) : refuse('NOT_FOUND')
}

/** One's own things, newest first. */
export async function listMine(
  env: Pick<ListingsEnv, 'DB' | 'CURSOR_SECRET'>,
  memberId: MemberId,
  query: { status?: ListingStatus | undefined; limit: number; cursor?: string | undefined },
): Promise<Result<Page<ListingCard>>> {
  const list = `mine ${memberId} ${query.status ?? ''}`
  const after = await placeOf(env.CURSOR_SECRET, list, query.cursor)
  if (!after.ok) return after
  const { rows } = await readStretch(
    env.DB,
    mineStretch(memberId, query.status, after.value, query.limit + 1),
  )
  const items = rows.slice(0, query.limit)
  const last = items.at(-1)
  const hasMore = rows.length > query.limit && last !== undefined
  return ok({
    items: items.map(cardOf),
    nextCursor: hasMore ? sealCursor(env.CURSOR_SECRET, list, [last.key, last.seq]) : null,
  })
}
