import type { GroupBuyState, ListGroupBuys } from '#contracts/group-buys'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { type Around, aroundOf, type Condition, inCircle, spotOf } from '#kit/place'

/** What a list is ordered by, and which way. Ties fall by `seq`, the same way, so every order is total. */
export const SORT_KEYS = {
  newest: { column: 'created_at_ms', direction: 'DESC' },
  ending: { column: 'deadline_ms', direction: 'ASC' },
  remaining: { column: 'remaining_units', direction: 'ASC' },
} as const
export type ListSort = keyof typeof SORT_KEYS

/**
 * Where a list is read from: one stretch of one index, one stretch in each of a few cells, or a few rows at once (one host's, or what a
 * query found), which are read whole and sorted.
 */
export type ListPlan = {
  sort: ListGroupBuys['sort']
  order: ListSort
  index: string
  /** Conditions the index itself answers: every row of its stretch fulfils them. */
  range: Condition[]
  /** Conditions judged row by row along the stretch. */
  sieve: Condition[]
  around: Around | null
  few: Few | null
  /** What a list by distance asks of the index: the state, and the category if one is asked for. */
  state: GroupBuyState
  category: string | undefined
}
export type Few = { kind: 'host' } | { kind: 'words'; match: string }

/** How to read a list; `near` must be there when the sort is by distance, and `match` is what `q` looks for. */
export function planOf(query: ListGroupBuys, match: string | null): ListPlan {
  const order = query.sort === 'distance' ? 'newest' : query.sort
  const around = query.near ? aroundOf(spotOf(query.near), query.radiusKm ?? RADIUS_KM_DEFAULT) : null
  const category = query.category === undefined ? [] : [equal('category', query.category)]
  const asked = { state: stateOf(query) ?? 'recruiting', category: query.category }
  const base = { sort: query.sort, order, around, few: null, ...asked }
  if (match !== null || query.hostId !== undefined) {
    const host = query.hostId === undefined ? [] : [equal('host_id', query.hostId)]
    const state = stateOf(query) === null ? [] : [equal('state', stateOf(query) ?? '')]
    const sieve = [...host, ...state, ...category, ...inCircle('g', around)]
    const few: Few = match === null ? { kind: 'host' } : { kind: 'words', match }
    return { ...base, index: 'group_buys_mine', range: [], sieve, few }
  }
  const state = [equal('state', asked.state)]
  if (around) {
    const sieve = [...category, ...inCircle('g', around)]
    return { ...base, index: `group_buys_${around.level.name}_${order}`, range: state, sieve }
  }
  const index = category.length > 0 ? `group_buys_category_${order}` : `group_buys_${order}`
  return { ...base, index, range: [...state, ...category], sieve: [] }
}

/** Without a word about the state a list shows what can be joined; a host's own shows how all of theirs went. */
const stateOf = ({ state, hostId }: ListGroupBuys): GroupBuyState | null =>
  state ?? (hostId === undefined ? 'recruiting' : null)

const equal = (column: string, value: string): Condition => ({ sql: `g.${column} = ?`, binds: [value] })
