import { z } from 'zod'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { nowMs } from '#kit/clock'
import { type Ended, type Exact, ringsOf, tiersOf } from './find.rules.ts'
import { type Count, countHits, findPage, type Way } from './find.store.ts'
import { type Hit, hitsOf } from './hit.rules.ts'
import { matchOf, type TagClause, type Word } from './query.rules.ts'
import type { Shelf } from './shelves.ts'
import { candidatesOf, recallTotal, rememberTotal, SORTABLE_HITS, totalOf } from './total.service.ts'

/** A page of hits, one more than asked when there is a next page, and the total counted up to `cap`. */
export type PageOfHits<Card> = { hits: Hit<Card>[]; total: number; cap: number }

/** What is looked for on a shelf: in which order, how many, and which filters hold. */
export type Asked<Sort extends string, Card> = {
  shelf: Shelf<Sort, Card>
  sort: 'relevance' | 'newest' | 'distance' | Sort
  limit: number
  exact: Exact
  /** The tags a hit must have; those of its place follow from `exact`, whose radius may be made smaller. */
  tagsOf: (exact: Exact) => TagClause[]
}
type AskedBy<Sort extends string, Card, By extends string> = Omit<Asked<Sort, Card>, 'sort'> & { sort: By }

/** The page of these words that comes after `ended`, in the order and with the filters asked for. */
export function pageOf<Sort extends string, Card>(
  db: D1Database,
  asked: Asked<Sort, Card>,
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits<Card>> {
  const { sort } = asked
  return isByNewness(sort)
    ? newestPage(db, { ...asked, sort }, words, ended)
    : sortedPage(db, { ...asked, sort }, words, ended)
}

const isByNewness = (sort: string): sort is 'relevance' | 'newest' =>
  sort === 'relevance' || sort === 'newest'

/** One statement: the page, and the total unless it is remembered. */
async function newestPage<Sort extends string, Card>(
  db: D1Database,
  asked: AskedBy<Sort, Card, 'relevance' | 'newest'>,
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits<Card>> {
  const match = matchOf(words, asked.tagsOf(asked.exact))
  const count = totalOf(match.everywhere, asked.exact)
  const known = recallTotal(count, nowMs())
  const way = { kind: 'newest', tiers: tiersOf(match, asked.sort, ended) } as const
  const found = await ask(db, way, asked, known === null ? count : null)
  const total = known ?? found.total ?? 0
  rememberTotal(count, total, nowMs())
  return { hits: found.hits, total, cap: count.cap }
}

/** The number of candidates decides how to sort them, so it is asked first; large ones are remembered. */
async function sortedPage<Sort extends string, Card>(
  db: D1Database,
  asked: AskedBy<Sort, Card, 'distance' | Sort>,
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageOfHits<Card>> {
  const { sort, exact, shelf } = asked
  const match = matchOf(words, asked.tagsOf(exact)).everywhere
  const count = totalOf(match, exact)
  const [total = 0, candidates = 0] = await totals(db, shelf, [count, candidatesOf(match)])
  const tooMany = candidates > SORTABLE_HITS
  if (sort === 'distance') {
    return { hits: await nearest(db, asked, words, tooMany, ended), total, cap: count.cap }
  }
  const kind = tooMany ? 'walk_index' : 'sort_hits'
  const { hits } = await ask(db, { kind, sort, match, after: ended }, asked, null)
  return { hits, total, cap: count.cap }
}

/** From near to far, ring by ring when there are too many hits to sort; the last ring is the whole radius asked for. */
async function nearest<Sort extends string, Card>(
  db: D1Database,
  asked: Omit<Asked<Sort, Card>, 'sort'>,
  words: readonly Word[],
  tooMany: boolean,
  after: Ended | null,
): Promise<Hit<Card>[]> {
  let hits: Hit<Card>[] = []
  for (const radiusKm of ringsOf(asked.exact.radiusKm ?? RADIUS_KM_DEFAULT, tooMany)) {
    const exact = { ...asked.exact, radiusKm }
    const match = matchOf(words, asked.tagsOf(exact)).everywhere
    hits = (await ask(db, { kind: 'nearest', match, after }, { ...asked, exact }, null)).hits
    if (hits.length > asked.limit) break
  }
  return hits
}

const Answer = z.object({ page: z.string().nullable(), total: z.number().nullable() })

async function ask<Sort extends string, Card>(
  db: D1Database,
  way: Way<Sort>,
  { shelf, exact, limit }: Pick<Asked<Sort, Card>, 'shelf' | 'exact' | 'limit'>,
  count: Count | null,
): Promise<{ hits: Hit<Card>[]; total: number | null }> {
  const { page, total } = Answer.parse(await findPage(db, shelf, way, exact, limit + 1, count).first())
  return { hits: hitsOf(shelf.page, page), total }
}

const Totals = z.record(z.string(), z.number())

async function totals(
  db: D1Database,
  shelf: Pick<Shelf<never, never>, 'docs' | 'grams'>,
  counts: readonly Count[],
): Promise<number[]> {
  const known = counts.map((count) => recallTotal(count, nowMs()))
  const unknown = counts.filter((_, index) => known[index] === null)
  const fresh = unknown.length === 0 ? {} : Totals.parse(await countHits(db, shelf, unknown).first())
  unknown.forEach((count, index) => {
    rememberTotal(count, fresh[`total${index}`] ?? 0, nowMs())
  })
  let next = 0
  return known.map((total) => total ?? fresh[`total${next++}`] ?? 0)
}
