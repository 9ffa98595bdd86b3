import { z } from 'zod'
import type { Result } from '#contracts/errors'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import type { SearchReply, SearchRequest } from '#contracts/search'
import { callWithin } from '#kit/call'
import { openCursor, sealCursor } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { SearchEnv } from './env.ts'
import { plainListInstead } from './fallback.service.ts'
import { type Ended, endedOf, listNameOf, type Reading, ringsOf, tiersOf } from './find.rules.ts'
import { type KeySort, keyedPage, nearestPage, tieredPage } from './find.store.ts'
import { HitRow, hitOf } from './hit.rules.ts'
import { matchOf, type Word, wordsOf } from './query.rules.ts'
import { slipOf } from './slip.rules.ts'
import { tagClausesOf } from './tags.rules.ts'
import {
  type Counting,
  candidatesOf,
  countingOf,
  recallTotal,
  rememberTotal,
  SORTABLE_HITS,
} from './total.store.ts'

const INDEX_DEADLINE_MS = 2_000

export type Found = SearchReply

/**
 * Answers a search from the index; when the index is out of reach, from the plain list of listings. A query that finds nothing
 * is read once more as typed on the other keyboard.
 */
export async function search(
  env: SearchEnv,
  request: SearchRequest,
  requestId: string,
): Promise<Result<Found>> {
  if (request.sort === 'distance' && request.near === undefined) {
    const errors = [{ path: 'near', message: 'sort=distance needs near' }]
    return refuse('VALIDATION_FAILED', { errors })
  }
  const ended = await endedBy(env, request)
  if (!ended.ok) return ended
  return await callWithin(
    'search.d1',
    INDEX_DEADLINE_MS,
    async () => ok(await searchIndex(env, request, ended.value)),
    () => plainListInstead(env, request, requestId),
  )
}

async function endedBy(env: SearchEnv, request: SearchRequest): Promise<Result<Ended | null>> {
  if (request.cursor === undefined) return ok(null)
  const opened = await openCursor(env.CURSOR_SECRET, listNameOf(request), request.cursor)
  if (!opened.ok) return opened
  const ended = endedOf(opened.value)
  return ended === null ? refuse('CURSOR_INVALID') : ok(ended)
}

async function searchIndex(env: SearchEnv, request: SearchRequest, ended: Ended | null): Promise<Found> {
  const slip = slipOf(request.q)
  if (ended?.reading === 'other_keyboard' && slip !== null) {
    return await answer(env, request, { reading: 'other_keyboard', query: slip }, ended)
  }
  const found = await answer(env, request, { reading: 'as_typed', query: request.q }, ended)
  if (found.total > 0 || ended !== null || slip === null) return found
  const corrected = await answer(env, request, { reading: 'other_keyboard', query: slip }, null)
  return corrected.total > 0 ? corrected : found
}

type Read = { reading: Reading; query: string }

async function answer(
  env: SearchEnv,
  request: SearchRequest,
  read: Read,
  ended: Ended | null,
): Promise<Found> {
  const words = wordsOf(read.query)
  const correctedQuery = read.reading === 'other_keyboard' ? read.query : null
  const empty = {
    items: [],
    nextCursor: null,
    total: 0,
    totalIsCapped: false,
    correctedQuery,
    degraded: false,
  }
  if (words.length === 0) return empty
  const { rows, total, cap } = await pageOf(env.DB, request, words, ended)
  const shown = rows.slice(0, request.limit)
  const last = rows.length > request.limit ? shown.at(-1) : undefined
  return {
    ...empty,
    items: shown.map((row) => hitOf(row, words)),
    nextCursor:
      last === undefined
        ? null
        : await sealCursor(env.CURSOR_SECRET, listNameOf(request), [
            read.reading,
            keyOf(request, last),
            last.seq,
          ]),
    // A listing may have come between a remembered count and this page.
    total: Math.max(total, shown.length),
    totalIsCapped: total >= cap,
  }
}

function keyOf({ sort }: SearchRequest, row: HitRow): number {
  if (sort === 'distance') return row.km2 ?? 0
  if (sort === 'price_asc' || sort === 'price_desc') return row.price
  return sort === 'views' || sort === 'wishes' ? row[sort] : row.tier
}

type PageRows = { rows: HitRow[]; total: number; cap: number }

function pageOf(
  db: D1Database,
  request: SearchRequest,
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageRows> {
  const { sort } = request
  return sort === 'relevance' || sort === 'newest'
    ? newestPage(db, { ...request, sort }, words, ended)
    : sortedPage(db, { ...request, sort }, words, ended)
}

/** One roundtrip: the page, and the count unless it is remembered. One row more than asked tells whether there is a next page. */
async function newestPage(
  db: D1Database,
  request: SearchRequest & { sort: 'relevance' | 'newest' },
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageRows> {
  const match = matchOf(words, tagClausesOf(request))
  const page = tieredPage(db, tiersOf(match, request.sort, ended), request, request.limit + 1)
  const counting = countingOf(db, match.everywhere, request)
  const known = recallTotal(counting.key)
  const [rows, counted] = await db.batch(known === null ? [page, counting.statement] : [page])
  const total = known ?? totalOf(counted)
  rememberTotal(counting.key, total)
  return { rows: rowsOf(rows), total, cap: counting.cap }
}

/** The number of candidates decides how to sort them, so it is asked first; large ones are remembered. */
async function sortedPage(
  db: D1Database,
  request: SearchRequest & { sort: KeySort | 'distance' },
  words: readonly Word[],
  ended: Ended | null,
): Promise<PageRows> {
  const match = matchOf(words, tagClausesOf(request)).everywhere
  const counting = countingOf(db, match, request)
  const [total, hits] = await totalsOf(db, counting, candidatesOf(db, match))
  const tooMany = hits > SORTABLE_HITS
  if (request.sort === 'distance') {
    return { rows: await nearest(db, request, words, tooMany, ended), total, cap: counting.cap }
  }
  const way = tooMany ? 'walk_index' : 'sort_hits'
  const by = { sort: request.sort, way, match, exact: request, after: ended } as const
  const rows = rowsOf(await keyedPage(db, by, request.limit + 1).all())
  return { rows, total, cap: counting.cap }
}

async function totalsOf(db: D1Database, ...countings: [Counting, Counting]): Promise<[number, number]> {
  const unknown = countings.filter(({ key }) => recallTotal(key) === null)
  const fresh = unknown.length === 0 ? [] : await db.batch(unknown.map(({ statement }) => statement))
  const totals = new Map(unknown.map(({ key }, index) => [key, totalOf(fresh[index])]))
  for (const [key, total] of totals) rememberTotal(key, total)
  const totalBy = ({ key }: Counting) => totals.get(key) ?? recallTotal(key) ?? 0
  return [totalBy(countings[0]), totalBy(countings[1])]
}

/** From near to far, ring by ring when there are too many hits to sort; the last ring is the whole radius asked for. */
async function nearest(
  db: D1Database,
  request: SearchRequest,
  words: readonly Word[],
  tooMany: boolean,
  ended: Ended | null,
): Promise<HitRow[]> {
  let rows: HitRow[] = []
  for (const radiusKm of ringsOf(request.radiusKm ?? RADIUS_KM_DEFAULT, tooMany)) {
    const exact = { ...request, radiusKm }
    const match = matchOf(words, tagClausesOf(exact)).everywhere
    rows = rowsOf(await nearestPage(db, { match, exact, after: ended }, request.limit + 1).all())
    if (rows.length > request.limit) break
  }
  return rows
}

const Rows = z.array(HitRow)
const rowsOf = (result: D1Result | undefined): HitRow[] => Rows.parse(result?.results ?? [])
const Totals = z.array(z.object({ total: z.number() }))
const totalOf = (result: D1Result | undefined): number => Totals.parse(result?.results ?? [])[0]?.total ?? 0
