import type { ListListings } from '#contracts/listings'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { type Condition as AnyCondition, type Around, aroundOf, inCircle, spotOf } from '#kit/place'

/** What a list is ordered by, and which way. Ties fall by `seq`, the same way, so every order is total. */
export type SortKey = { column: 'bumped_at_ms' | 'price' | 'views' | 'wishes'; direction: 'ASC' | 'DESC' }
export type ListSort = Exclude<ListListings['sort'], 'distance'>

export const SORT_KEYS = {
  newest: { column: 'bumped_at_ms', direction: 'DESC' },
  price_asc: { column: 'price', direction: 'ASC' },
  price_desc: { column: 'price', direction: 'DESC' },
  views: { column: 'views', direction: 'DESC' },
  wishes: { column: 'wishes', direction: 'DESC' },
} as const satisfies Record<ListSort, SortKey>

export type Condition = AnyCondition & {
  /** In a list by price going this way, whatever comes after some row fulfils it anyway. */
  impliedGoing?: SortKey['direction']
}

/** Where a list is read from: one stretch of one index, or one stretch in each of a few cells. */
export type ListPlan = {
  sort: ListListings['sort']
  index: string
  /** Conditions the index itself answers: every row of its stretch fulfils them. */
  range: Condition[]
  /** Conditions judged row by row along the stretch. */
  sieve: Condition[]
  around: Around | null
  /** A stretch short enough to be read whole: one member's things. */
  isShort: boolean
}

/** How to read a list; `near` must be there when the sort is by distance. */
export function planOf(query: ListListings): ListPlan {
  const order = query.sort === 'distance' || query.sort === 'newest' ? 'newest' : orderName(query.sort)
  const around = query.near ? aroundOf(spotOf(query.near), query.radiusKm ?? RADIUS_KM_DEFAULT) : null
  const price = priceRange(query)
  const status = query.status === undefined ? [] : [equal('status', query.status)]
  const category = query.category === undefined ? [] : [equal('category', query.category)]
  const seller = query.sellerId === undefined ? [] : [equal('seller_id', query.sellerId)]
  const base = { sort: query.sort, around, isShort: false }
  if (seller.length > 0) {
    // A member's things are few: one index serves every order, and a position only sieves.
    const sieve = [...category, ...status, ...price, ...inCircle('l', around)]
    return { ...base, index: 'listings_mine', range: [...seller, notDeleted], sieve, isShort: true }
  }
  if (around) {
    const sieve = [...category, ...status, ...price, ...inCircle('l', around)]
    return { ...base, index: `listings_${around.level.name}_${order}`, range: [], sieve }
  }
  const byPrice = order === 'price'
  if (query.free && order === 'newest' && category.length === 0)
    return { ...base, index: 'listings_free', range: [{ sql: 'l.price = 0', binds: [] }], sieve: status }
  const index = category.length > 0 ? `listings_category_${order}` : `listings_${order}`
  const [range, sieve] = byPrice ? [[...category, ...price], status] : [category, [...status, ...price]]
  return { ...base, index, range, sieve }
}

const orderName = (sort: ListSort): 'newest' | 'price' | 'views' | 'wishes' =>
  sort === 'price_asc' || sort === 'price_desc' ? 'price' : sort

const equal = (column: string, value: string): Condition => ({ sql: `l.${column} = ?`, binds: [value] })
const notDeleted: Condition = { sql: 'l.deleted_at_ms IS NULL', binds: [] }

function priceRange({ free, minPrice, maxPrice }: ListListings): Condition[] {
  if (free) return [{ sql: 'l.price = 0', binds: [] }]
  return [
    ...(minPrice === undefined
      ? []
      : [{ sql: 'l.price >= ?', binds: [minPrice], impliedGoing: 'ASC' as const }]),
    ...(maxPrice === undefined
      ? []
      : [{ sql: 'l.price <= ?', binds: [maxPrice], impliedGoing: 'DESC' as const }]),
  ]
}

/** Radii in which a list by distance is read, ring after ring, until a page is full. */
const RING_RADII_KM = [1, 3, 9, 18, 50] as const

/** The rings inside a radius, from `[exclusive, inclusive]` square metres; the innermost holds its centre. */
export function ringsWithin(around: Around): { overSquareMetres: number; around: Around }[] {
  const radii = [...RING_RADII_KM.filter((radiusKm) => radiusKm < around.radiusKm), around.radiusKm]
  return radii.map((radiusKm, index) => ({
    overSquareMetres: index === 0 ? -1 : ((radii[index - 1] ?? 0) * 1000) ** 2,
    around: aroundOf(around.yardstick.spot, radiusKm),
  }))
}
