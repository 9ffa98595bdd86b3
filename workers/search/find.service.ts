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
import { type Match, matchOf, type Word, wordsOf } from './query.rules.ts'
import { slipOf } from './slip.rules.ts'
import { tagClausesOf } from './tags.rules.ts'
import { countingOf, recallTotal, rememberTotal, TOTAL_CAP } from './total.store.ts'

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
  const match = matchOf(words, tagClausesOf(request))
  const { sort } = request
  return sort === 'relevance' || sort === 'newest'
    ? newestPage(db, { ...request, sort }, match, ended)
    : sortedPage(db, { ...request, sort }, match, ended)
}

/** One roundtrip: the page, and the count unless it is remembered. One row more than asked tells whether there is a next page. */
async function newestPage(
  db: D1Database,
  request: SearchRequest & { sort: 'relevance' | 'newest' },
  match: Match,
  ended: Ended | null,
): Promise<PageRows> {
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
  match: Match,
  ended: Ended | null,
): Promise<PageRows> {
  const counting = countingOf(db, match.everywhere, request)
  const candidates = countingOf(db, match.everywhere, {})
  const [total, hits] = await totalsOf(db, counting, candidates)
  const { sort } = request
  const rows =
    sort === 'distance'
      ? await nearest(db, request, match, hits, ended)
      : await keyed(db, { ...request, sort }, match, hits, ended)
  return { rows, total, cap: counting.cap }
}

type Counting = ReturnType<typeof countingOf>

async function totalsOf(db: D1Database, ...countings: [Counting, Counting]): Promise<[number, number]> {
  const unknown = countings.filter(({ key }) => recallTotal(key) === null)
  const fresh = unknown.length === 0 ? [] : await db.batch(unknown.map(({ statement }) => statement))
  const totals = new Map(unknown.map(({ key }, index) => [key, totalOf(fresh[index])]))
  for (const [key, total] of totals) rememberTotal(key, total)
  const totalBy = ({ key }: Counting) => totals.get(key) ?? recallTotal(key) ?? 0
  return [totalBy(countings[0]), totalBy(countings[1])]
}

async function keyed(
  db: D1Database,
  request: SearchRequest & { sort: KeySort },
  match: Match,
  hits: number,
  ended: Ended | null,
): Promise<HitRow[]> {
  const way = hits < TOTAL_CAP ? 'sort_hits' : 'walk_index'
  const by = { sort: request.sort, way, match: match.everywhere, exact: request, after: ended } as const
  return rowsOf(await keyedPage(db, by, request.limit + 1).all())
}

async function nearest(
  db: D1Database,
  request: SearchRequest,
  match: Match,
  hits: number,
  ended: Ended | null,
): Promise<HitRow[]> {
  let rows: HitRow[] = []
  for (const radiusKm of ringsOf(request.radiusKm ?? RADIUS_KM_DEFAULT, hits, TOTAL_CAP - 1)) {
    const exact = { ...request, radiusKm }
    const inRing = radiusKm === request.radiusKm ? match : matchOf(wordsOf(request.q), tagClausesOf(exact))
    const by = { match: inRing.everywhere, exact, after: ended }
    rows = rowsOf(await nearestPage(db, by, request.limit + 1).all())
    if (rows.length > request.limit) break
  }
  return rows
}

const Rows = z.array(HitRow)
const rowsOf = (result: D1Result | undefined): HitRow[] => Rows.parse(result?.results ?? [])
const Totals = z.array(z.object({ total: z.number() }))
const totalOf = (result: D1Result | undefined): number => Totals.parse(result?.results ?? [])[0]?.total ?? 0
