import type { Result } from '#contracts/errors'
import type { ListingCard, ListListings } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { cursorAt, cut, type Place, placeOf, readStretch } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf, type ListRow } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import { type ListPlan, planOf, ringsWithin } from './list.plan.rules.ts'
import { ring, shortByDistance, sieved, wholeStretch } from './list.store.ts'

type Lists = Pick<ListingsEnv, 'DB' | 'CURSOR_SECRET'>
type Row = ListRow & { key: number }

/**
 * Rows looked at, reading after reading, until a page is full; near a place they are shared out among its cells. Then the page
 * is answered short, with a cursor that goes on where looking stopped: no question costs more than this.
 */
const WINDOWS = { along: [120, 2_000, 20_000], inCells: [640, 4_000, 8_000] }
type Windows = typeof WINDOWS

/** A page of the public list. Every filter and sort is read from an index, and no page reads more than its windows. */
export async function listListings(
  env: Lists,
  query: ListListings,
  windows: Windows = WINDOWS,
): Promise<Result<Page<ListingCard>>> {
  if (query.sort === 'distance' && !query.near) {
    return refuse('VALIDATION_FAILED', {
      errors: [{ path: 'near', message: 'needed to sort by distance' }],
    })
  }
  const list = listName(query)
  const after = placeOf(env.CURSOR_SECRET, list, query.cursor)
  if (!after.ok) return after
  const found = await find(env.DB, planOf(query), after.value, query.limit, windows)
  return ok({ items: found.rows.map(cardOf), nextCursor: cursorAt(env.CURSOR_SECRET, list, found.next) })
}

/** A cursor is good for the very list it came from: same sort, same filters. */
const listName = (query: ListListings) =>
  `listings ${JSON.stringify([
    query.sort,
    query.category,
    query.status,
    query.free,
    query.minPrice,
    query.maxPrice,
    query.near,
    query.radiusKm,
    query.sellerId,
  ])}`

type Found = { rows: Row[]; next: Place | null }

async function find(
  db: D1Database,
  plan: ListPlan,
  after: Place | null,
  limit: number,
  windows: Windows,
): Promise<Found> {
  if (plan.sort === 'distance') return await findByDistance(db, plan, after, limit)
  if (plan.isShort || plan.sieve.length === 0) {
    return cut((await readStretch<Row>(db, wholeStretch(plan, after, limit + 1))).rows, limit, null)
  }
  const rows: Row[] = []
  let place = after
  for (const window of plan.around ? windows.inCells : windows.along) {
    const share = Math.ceil(window / (plan.around?.cells.length ?? 1))
    const reading = await readStretch<Row>(db, sieved(plan, place, limit + 1 - rows.length, share))
    rows.push(...reading.rows)
    place = reading.stoppedAt
    if (place === null || rows.length > limit) break
  }
  return cut(rows, limit, place)
}

async function findByDistance(
  db: D1Database,
  plan: ListPlan,
  after: Place | null,
  limit: number,
): Promise<Found> {
  if (!plan.around) throw new Error('a list by distance was planned without a place')
  if (plan.isShort) {
    return cut(
      (await readStretch<Row>(db, shortByDistance(plan, plan.around, after, limit + 1))).rows,
      limit,
      null,
    )
  }
  const rows: Row[] = []
  for (const { around, overSquareMetres } of ringsWithin(plan.around)) {
    const outer = (around.radiusKm * 1000) ** 2
    if (after && after.key > outer) continue
    const wanted = limit + 1 - rows.length
    rows.push(...(await readStretch<Row>(db, ring(plan, around, overSquareMetres, after, wanted))).rows)
    if (rows.length > limit) break
  }
  return cut(rows, limit, null)
}
