import type { Result } from '#contracts/errors'
import type { ListingId, MemberId } from '#contracts/ids'
import type { Listing, ListingCard, ListingStatus } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { Position } from '#contracts/place'
import { cursorAt, cut, type Place, placeOf, readStretch } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf, type ListRow, listingOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
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
  const after = placeOf(env.CURSOR_SECRET, list, query.cursor)
  if (!after.ok) return after
  const { limit } = query
  const stretch = mineStretch(memberId, query.status, after.value, limit + 1)
  const { rows, next } = cut((await readStretch<ListRow & Place>(env.DB, stretch)).rows, limit, null)
  return ok({ items: rows.map(cardOf), nextCursor: cursorAt(env.CURSOR_SECRET, list, next) })
}
