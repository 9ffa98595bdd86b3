import type { Result } from '#contracts/errors'
import type { GroupBuyCard, ListGroupBuys } from '#contracts/group-buys'
import type { Page } from '#contracts/page'
import { cursorAt, cut, type Place, placeOf, readStretch } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { ringsWithin } from './list.distance.rules.ts'
import { byDistance, RINGS_A_STATEMENT } from './list.distance.store.ts'
import { type ListPlan, planOf } from './list.plan.rules.ts'
import { sieved, sortedFew, wholeStretch } from './list.store.ts'
import type { ListRow } from './row.ts'
import { matchOf } from './words.rules.ts'

type Lists = Pick<GroupBuysEnv, 'DB' | 'CURSOR_SECRET'>
type Row = ListRow & { key: number }

/**
 * Rows looked at near a place, reading after reading and shared out among its cells, until a page is full. Then the page is answered short,
 * with a cursor that goes on where looking stopped: no question costs more than this.
 */
const WINDOWS = [640, 4_000, 8_000]

/** A page of the public list. Every filter and sort is read from an index, and no page reads more than its windows. */
export async function listGroupBuys(env: Lists, query: ListGroupBuys): Promise<Result<Page<GroupBuyCard>>> {
  if (query.sort === 'distance' && !query.near) {
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'near', message: 'needed to sort by distance' }] })
  }
  const list = listName(query)
  const after = placeOf(env.CURSOR_SECRET, list, query.cursor)
  if (!after.ok) return after
  const match = query.q === undefined ? null : matchOf(query.q)
  // Words of nothing but signs are found nowhere.
  if (query.q !== undefined && match === null) return ok({ items: [], nextCursor: null })
  const found = await find(env.DB, planOf(query, match), after.value, query.limit)
  return ok({ items: found.rows.map(cardOf), nextCursor: cursorAt(env.CURSOR_SECRET, list, found.next) })
}

/** A cursor is good for the very list it came from: same sort, same filters. */
const listName = ({ sort, q, category, state, hostId, near, radiusKm }: ListGroupBuys) =>
  `group-buys ${JSON.stringify([sort, q, category, state, hostId, near, radiusKm])}`

type Found = { rows: Row[]; next: Place | null }

async function find(db: D1Database, plan: ListPlan, after: Place | null, limit: number): Promise<Found> {
  if (plan.few) {
    return cut((await readStretch<Row>(db, sortedFew(plan, plan.few, after, limit + 1))).rows, limit, null)
  }
  if (!plan.around)
    return cut((await readStretch<Row>(db, wholeStretch(plan, after, limit + 1))).rows, limit, null)
  if (plan.sort === 'distance') return await findByDistance(db, plan, after, limit)
  const rows: Row[] = []
  let place = after
  for (const window of WINDOWS) {
    const share = Math.ceil(window / plan.around.cells.length)
    const wanted = limit + 1 - rows.length
    const reading = await readStretch<Row>(db, sieved(plan, plan.around, place, wanted, share))
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
  const { around } = plan
  if (!around) throw new Error('a list by distance was planned without a place')
  const rings = ringsWithin(around.radiusKm, after?.key ?? 0)
  const rows: Row[] = []
  while (rings.length > 0 && rows.length <= limit) {
    const read = rings.splice(0, RINGS_A_STATEMENT)
    rows.push(
      ...(await readStretch<Row>(db, byDistance(plan, around, read, after, limit + 1 - rows.length))).rows,
    )
  }
  return cut(rows, limit, null)
}
