import type { GroupBuySnapshot } from '#contracts/events'
import type { ListingFilters } from '#contracts/listings'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import type { GroupBuySearchRequest } from '#contracts/search'
import type { TagClause } from './query.rules.ts'

/**
 * Filters become words of the index ("tags"), so that FTS5 itself leaves out what does not fit. Whatever a tag says only
 * roughly (price, distance) is checked exactly on the rows that are left.
 */
export type Tagged = {
  category: string
  status: string
  price: number
  sellerId: string
  location: { lat: number; lng: number } | null
}

/** The tags of a listing, as one text for the index. */
export function tagsOf(listing: Tagged): string {
  return [
    `c_${listing.category}`,
    `s_${listing.status}`,
    `cs_${listing.category}_${listing.status}`,
    `u_${listing.sellerId.replace(/^mem_/, '')}`,
    ...(listing.price === 0 ? ['f_1'] : []),
    ...priceTags(listing.price),
    ...(listing.location === null ? [] : cellTags(listing.location)),
  ].join(' ')
}

/** What the tags of a hit must say for these filters. */
export function tagClausesOf(filters: ListingFilters): TagClause[] {
  const clauses: TagClause[] = []
  clauses.push(...shelfClauses(filters))
  if (filters.sellerId !== undefined) clauses.push([`u_${filters.sellerId.replace(/^mem_/, '')}`])
  if (filters.free === true) clauses.push(['f_1'])
  if (filters.minPrice !== undefined || filters.maxPrice !== undefined) {
    clauses.push(priceCover(filters.minPrice ?? 0, filters.maxPrice ?? Number.MAX_SAFE_INTEGER))
  }
  if (filters.near !== undefined) {
    const cells = cellCover(filters.near, filters.radiusKm ?? RADIUS_KM_DEFAULT)
    if (cells.length > 0) clauses.push(cells)
  }
  return clauses
}

/** Category and status are asked for together so often that the pair is a tag of its own: one list to walk, not two. */
function shelfClauses({ category, status }: ListingFilters): TagClause[] {
  if (category !== undefined && status !== undefined) return [[`cs_${category}_${status}`]]
  if (category !== undefined) return [[`c_${category}`]]
  return status === undefined ? [] : [[`s_${status}`]]
}

type BuyFilters = Pick<GroupBuySearchRequest, 'category' | 'state' | 'near' | 'radiusKm'>

/** The tags of a group buy. Its state is always asked for, so a category has no tag without one. */
export const buyTagsOf = ({ category, state, location }: BuyTagged): string =>
  [`s_${state}`, `cs_${category}_${state}`, ...(location === null ? [] : cellTags(location))].join(' ')
type BuyTagged = Pick<GroupBuySnapshot, 'category' | 'state' | 'location'>

export function buyTagClausesOf({ category, state, near, radiusKm }: BuyFilters): TagClause[] {
  const shelf = category === undefined ? `s_${state}` : `cs_${category}_${state}`
  const cells = near === undefined ? [] : cellCover(near, radiusKm ?? RADIUS_KM_DEFAULT)
  return [[shelf], ...(cells.length > 0 ? [cells] : [])]
}

const PRICE_LEVELS = 6
const PRICE_STEP_LAST = 2 ** PRICE_LEVELS - 1
const PRICE_STEPS_PER_DOUBLING = 2

/** Half-doublings of the price, 0 for a giveaway: never falls when the price rises. */
const priceStep = (price: number): number =>
  price <= 0 ? 0 : Math.min(PRICE_STEP_LAST, 1 + Math.floor(PRICE_STEPS_PER_DOUBLING * Math.log2(price)))

/** The step and the spans of 2, 4 … 32 steps it lies in: any range of prices is then a handful of tags. */
export function priceTags(price: number): string[] {
  const step = priceStep(price)
  return Array.from({ length: PRICE_LEVELS }, (_, level) => `p${level}_${step >> level}`)
}

/** The fewest tags that together hold every price from min to max (and a little more at both ends). */
export function priceCover(minPrice: number, maxPrice: number): string[] {
  const cover: string[] = []
  let step = priceStep(minPrice)
  const last = priceStep(maxPrice)
  // An upside-down range finds nothing: a tag nobody has.
  if (minPrice > maxPrice) return ['p_none']
  while (step <= last) {
    let level = 0
    while (level + 1 < PRICE_LEVELS && step % 2 ** (level + 1) === 0 && step + 2 ** (level + 1) - 1 <= last)
      level++
    cover.push(`p${level}_${step >> level}`)
    step += 2 ** level
  }
  return cover
}

/** Cells a side round the globe: 2^14 are about 2.4 km wide at the equator, 2^6 about 600 km. */
const CELL_LEVELS = [14, 13, 12, 11, 10, 9, 8, 7, 6]
/** Each cell asked for costs the index about as much as a word; a coarser level only costs rows that are then too far. */
const CELLS_PER_COVER_MAX = 4
const KM_PER_DEGREE = 111.195
export const M_PER_DEGREE = 111_195

export function cellTags({ lat, lng }: { lat: number; lng: number }): string[] {
  return CELL_LEVELS.map((level) => cellTag(level, cellOf(lat + 90, level), cellOf(lng + 180, level)))
}

const cellOf = (degrees: number, level: number): number => Math.floor((degrees * 2 ** level) / 360)
const cellTag = (level: number, row: number, column: number): string =>
  `g${level}_${row}_${((column % 2 ** level) + 2 ** level) % 2 ** level}`

/** The finest cells of which at most CELLS_PER_COVER_MAX hold the whole circle; none near the poles, where cells are slivers. */
export function cellCover(near: { lat: number; lng: number }, radiusKm: number): string[] {
  const up = radiusKm / KM_PER_DEGREE
  const aside = radiusKm / (KM_PER_DEGREE * kmShrink(near.lat))
  for (const level of CELL_LEVELS) {
    const rows = span(cellOf(near.lat + 90 - up, level), cellOf(near.lat + 90 + up, level))
    const columns = span(cellOf(near.lng + 180 - aside, level), cellOf(near.lng + 180 + aside, level))
    if (rows.length * columns.length > CELLS_PER_COVER_MAX) continue
    return rows.flatMap((row) => columns.map((column) => cellTag(level, row, column)))
  }
  return []
}

const CELL_SPAN_MAX = 64
/** Numbers from first to last; a span too long for any cover is cut, it is not used. */
const span = (first: number, last: number): number[] =>
  Array.from({ length: Math.min(last - first + 1, CELL_SPAN_MAX) }, (_, index) => first + index)

/** How much shorter a degree of longitude is at this latitude. */
export const kmShrink = (lat: number): number => Math.max(Math.cos((lat * Math.PI) / 180), 1e-6)

/** Kilometres between two near points, on a flat map at the first one's latitude; the store's SQL says the same. */
export function distanceKm(from: { lat: number; lng: number }, to: { lat: number; lng: number }): number {
  const across = Math.abs(to.lng - from.lng)
  const east = Math.min(across, 360 - across) * KM_PER_DEGREE * kmShrink(from.lat)
  return Math.hypot((to.lat - from.lat) * KM_PER_DEGREE, east)
}
