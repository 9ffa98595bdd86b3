import { z } from 'zod'
import type { ListingFilters } from '#contracts/listings'
import type { PageQuery } from '#contracts/page'
import type { Match } from './query.rules.ts'

/** Where a page ended. `reading` says whether the query was read as typed or as on the other keyboard. */
const Position = z.tuple([z.enum(['as_typed', 'other_keyboard']), z.number(), z.number()])
export type Reading = z.infer<typeof Position>[0]
export type Ended = { reading: Reading; key: number; seq: number }

/** The cursor's content as a position; null when it is none of ours. */
export function endedOf(position: readonly (string | number)[]): Ended | null {
  const parsed = Position.safeParse(position)
  if (!parsed.success) return null
  const [reading, key, seq] = parsed.data
  return { reading, key, seq }
}

/** The list a cursor belongs to: the words, the sort and every filter, so that it fits nothing else. */
export const listNameOf = (request: PageQuery): string => nameOf('search', request)
export const buyListNameOf = (request: PageQuery): string => nameOf('search-group-buys', request)

function nameOf(kind: string, request: PageQuery): string {
  const { cursor: _cursor, limit: _limit, ...question } = request
  return `${kind}:${JSON.stringify(question, Object.keys(question).concat('lat', 'lng').sort())}`
}

/** Filters that the index holds only roughly, and `openAfterMs`: what has a deadline is shown only while it is ahead. */
export type Exact = Pick<ListingFilters, 'minPrice' | 'maxPrice' | 'near' | 'radiusKm'> & {
  openAfterMs?: number | undefined
}

export const hasExact = (exact: Exact): boolean =>
  exact.minPrice !== undefined ||
  exact.maxPrice !== undefined ||
  exact.near !== undefined ||
  exact.openAfterMs !== undefined

/** Hits of one kind, newest first: `beforeSeq` is where the page before ended. */
export type Tier = { tier: number; match: string; beforeSeq: number | null }

/** Relevance: hits in titles first, then hits in bodies only, both newest first. A page goes on where the one before ended. */
export function tiersOf(match: Match, sort: 'relevance' | 'newest', ended: Ended | null): Tier[] {
  if (sort === 'newest') return [{ tier: 0, match: match.everywhere, beforeSeq: ended?.seq ?? null }]
  const tiers = [match.titled, match.onlyInBody].flatMap((expression, tier) =>
    expression === null ? [] : [{ tier, match: expression }],
  )
  return tiers
    .filter(({ tier }) => tier >= (ended?.key ?? 0))
    .map((part) => ({ ...part, beforeSeq: part.tier === ended?.key ? ended.seq : null }))
}

/** Radii to try, small first: of too many hits to sort only those near enough to fill a page are looked at. */
export const ringsOf = (radiusKm: number, tooMany: boolean): number[] =>
  tooMany ? [radiusKm / 16, radiusKm / 8, radiusKm / 4, radiusKm / 2, radiusKm] : [radiusKm]
