import { z } from 'zod'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import type { SearchRequest } from '#contracts/search'
import { nowMs } from '#kit/clock'
import { type Ended, ringsOf, tiersOf } from './find.rules.ts'
import { type Count, countHits, findPage, type KeySort, type Way } from './find.store.ts'
import { type Hit, hitsOf } from './hit.rules.ts'
import { matchOf, type Word } from './query.rules.ts'
import { tagClausesOf } from './tags.rules.ts'
import { candidatesOf, recallTotal, rememberTotal, SORTABLE_HITS, totalOf } from './total.service.ts'

/** A page of hits, one more than asked when there is a next page, and the total counted up to `cap`. */
export type PageOfHits = { hits: Hit[]; total: number; cap: number }

/** The page of these words that comes after `ended`, in the order and with the filters of the request. */
export function pageOf(
  db: D1Database,
  request: SearchRequest,
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits> {
  const { sort } = request
  return sort === 'relevance' || sort === 'newest'
    ? newestPage(db, { ...request, sort }, words, ended)
    : sortedPage(db, { ...request, sort }, words, ended)
}

/** One statement: the page, and the total unless it is remembered. */
async function newestPage(
  db: D1Database,
  request: SearchRequest & { sort: 'relevance' | 'newest' },
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits> {
  const match = matchOf(words, tagClausesOf(request))
  const count = totalOf(match.everywhere, request)
  const known = recallTotal(count, nowMs())
  const way = { kind: 'newest', tiers: tiersOf(match, request.sort, ended) } as const
  const found = await ask(db, way, request, known === null ? count : null)
  const total = known ?? found.total ?? 0
  rememberTotal(count, total, nowMs())
  return { hits: found.hits, total, cap: count.cap }
}

/** The number of candidates decides how to sort them, so it is asked first; large ones are remembered. */
async function sortedPage(
  db: D1Database,
  request: SearchRequest & { sort: KeySort | 'distance' },
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits> {
  const match = matchOf(words, tagClausesOf(request)).everywhere
  const count = totalOf(match, request)
  const [total = 0, candidates = 0] = await totals(db, [count, candidatesOf(match)])
  const tooMany = candidates > SORTABLE_HITS
  if (request.sort === 'distance') {
    return { hits: await nearest(db, request, words, tooMany, ended), total, cap: count.cap }
  }
  const kind = tooMany ? 'walk_index' : 'sort_hits'
  const { hits } = await ask(db, { kind, sort: request.sort, match, after: ended }, request, null)
  return { hits, total, cap: count.cap }
}

/** From near to far, ring by ring when there are too many hits to sort; the last ring is the whole radius asked for. */
async function nearest(
  db: D1Database,
  request: SearchRequest,
  words: readonly Word[],
  tooMany: boolean,
  after: Ended | null,
): Promise<Hit[]> {
  let hits: Hit[] = []
  for (const radiusKm of ringsOf(request.radiusKm ?? RADIUS_KM_DEFAULT, tooMany)) {
    const inRing = { ...request, radiusKm }
    const match = matchOf(words, tagClausesOf(inRing)).everywhere
    hits = (await ask(db, { kind: 'nearest', match, after }, inRing, null)).hits
    if (hits.length > request.limit) break
  }
  return hits
}

const Answer = z.object({ page: z.string().nullable(), total: z.number().nullable() })

async function ask(
  db: D1Database,
  way: Way,
  request: SearchRequest,
  count: Count | null,
): Promise<{ hits: Hit[]; total: number | null }> {
  const { page, total } = Answer.parse(await findPage(db, way, request, request.limit + 1, count).first())
  return { hits: hitsOf(page), total }
}

const Totals = z.record(z.string(), z.number())

async function totals(db: D1Database, counts: readonly Count[]): Promise<number[]> {
  const known = counts.map((count) => recallTotal(count, nowMs()))
  const unknown = counts.filter((_, index) => known[index] === null)
  const fresh = unknown.length === 0 ? {} : Totals.parse(await countHits(db, unknown).first())
  unknown.forEach((count, index) => {
    rememberTotal(count, fresh[`total${index}`] ?? 0, nowMs())
  })
  let next = 0
  return known.map((total) => total ?? fresh[`total${next++}`] ?? 0)
}
