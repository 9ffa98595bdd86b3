import type { ListingFilters } from '#contracts/listings'
import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { KM_PER_DEGREE, kmShrink } from './tags.rules.ts'

/**
 * The queries of search. Each reads the index from the newest listing on and stops after a page; what tags say only roughly
 * (price, distance) is checked on the card's row. Their plans are in README.md. D1 binds every number as REAL, and FTS5
 * silently ignores a REAL bound of rowid: hence the casts.
 */

type Value = string | number
/** Numbered parameters: `bind(value)` gives the `?n` to write into the SQL. */
function binder() {
  const values: Value[] = []
  return { values, bind: (value: Value): string => `?${values.push(value)}` }
}
type Bind = ReturnType<typeof binder>['bind']

const CARD = `d.seq, d.id, d.seller_id AS sellerId, d.seller, f.nickname AS faceNickname, f.photo_id AS facePhotoId,
  d.title, d.category, d.price, d.status, d.image, d.image_count AS imageCount, d.region,
  d.views, d.wishes, d.comments, d.chats, d.created_at_ms AS createdAtMs, d.bumped_at_ms AS bumpedAtMs`
const FACE = 'LEFT JOIN faces f ON f.member_id = d.seller_id'
/** CROSS JOIN keeps this order: the index leads, the cards follow. */
const HITS = 'grams g CROSS JOIN docs d ON d.seq = g.rowid'

/** Filters that the index holds only roughly. */
export type Exact = Pick<ListingFilters, 'minPrice' | 'maxPrice' | 'near' | 'radiusKm'>

export const hasExact = (exact: Exact): boolean =>
  exact.minPrice !== undefined || exact.maxPrice !== undefined || exact.near !== undefined

function exactly(exact: Exact, bind: Bind): { where: string; km2: string } {
  const km2 = exact.near === undefined ? 'NULL' : squaredKm(exact.near, bind)
  const clauses = [
    ...(exact.minPrice === undefined ? [] : [`d.price >= ${bind(exact.minPrice)}`]),
    ...(exact.maxPrice === undefined ? [] : [`d.price <= ${bind(exact.maxPrice)}`]),
    ...(exact.near === undefined ? [] : [`${km2} <= ${bind((exact.radiusKm ?? RADIUS_KM_DEFAULT) ** 2)}`]),
  ]
  return { where: clauses.map((clause) => ` AND ${clause}`).join(''), km2 }
}

/** As tags.rules.ts's distanceKm: a flat map at the asked latitude, the short way round the globe. */
function squaredKm({ lat, lng }: { lat: number; lng: number }, bind: Bind): string {
  const north = `((d.lat - ${bind(lat)}) * ${KM_PER_DEGREE})`
  const across = `abs(d.lng - ${bind(lng)})`
  const east = `(min(${across}, 360 - ${across}) * ${bind(KM_PER_DEGREE * kmShrink(lat))})`
  return `(${north} * ${north} + ${east} * ${east})`
}

/** Hits of one kind, newest first: `beforeSeq` is where the page before ended. */
export type Tier = { tier: number; match: string; beforeSeq: number | null }

/** A page of tiers, one after the other, each newest first; a later tier is not even opened when the page is full before. */
export function tieredPage(
  db: D1Database,
  tiers: readonly Tier[],
  exact: Exact,
  limit: number,
): D1PreparedStatement {
  const { values, bind } = binder()
  const limited = bind(limit)
  const { where, km2 } = exactly(exact, bind)
  const parts = tiers.map(({ tier, match, beforeSeq }) => {
    const before = beforeSeq === null ? '' : ` AND g.rowid < CAST(${bind(beforeSeq)} AS INTEGER)`
    return `SELECT * FROM (SELECT ${tier} AS tier, ${km2} AS km2, ${CARD} FROM ${HITS} ${FACE}
      WHERE g.grams MATCH ${bind(match)}${before}${where} ORDER BY g.rowid DESC LIMIT ${limited})`
  })
  return db.prepare(`${parts.join(' UNION ALL ')} LIMIT ${limited}`).bind(...values)
}

export type KeySort = 'price_asc' | 'price_desc' | 'views' | 'wishes'
type Order = { column: string; direction: 'ASC' | 'DESC'; index: string }
const ORDERS: Record<KeySort, Order> = {
  price_asc: { column: 'd.price', direction: 'ASC', index: 'docs_price_asc' },
  price_desc: { column: 'd.price', direction: 'DESC', index: 'docs_price_desc' },
  views: { column: 'd.views', direction: 'DESC', index: 'docs_views' },
  wishes: { column: 'd.wishes', direction: 'DESC', index: 'docs_wishes' },
}

/** Where a page in the order of a key ended: the key's value and the listing's seq. */
export type After = { key: number; seq: number }

const past = (column: string, direction: 'ASC' | 'DESC', after: After | null, bind: Bind): string => {
  if (after === null) return ''
  const key = bind(after.key)
  const beyond = direction === 'ASC' ? '>' : '<'
  return ` AND ${column} ${beyond}= ${key} AND (${column} ${beyond} ${key} OR d.seq < ${bind(after.seq)})`
}

/**
 * A page in the order of a key. `sort_hits` sorts all hits and suits words that few listings have; `walk_index` goes along the
 * key's own index and asks of each listing whether it is a hit, which suits words that many have.
 */
export function keyedPage(
  db: D1Database,
  by: { sort: KeySort; way: 'sort_hits' | 'walk_index'; match: string; exact: Exact; after: After | null },
  limit: number,
): D1PreparedStatement {
  const { values, bind } = binder()
  const { column, direction, index } = ORDERS[by.sort]
  const { where, km2 } = exactly(by.exact, bind)
  const from =
    by.way === 'sort_hits' ? HITS : `docs d INDEXED BY ${index} CROSS JOIN grams g ON g.rowid = d.seq`
  return db
    .prepare(
      `SELECT 0 AS tier, ${km2} AS km2, ${CARD} FROM ${from} ${FACE}
       WHERE g.grams MATCH ${bind(by.match)}${where}${past(column, direction, by.after, bind)}
       ORDER BY ${column} ${direction}, d.seq DESC LIMIT ${bind(limit)}`,
    )
    .bind(...values)
}

/** A page from near to far. Listings without a position have no distance and are left out by the radius. */
export function nearestPage(
  db: D1Database,
  by: { match: string; exact: Exact; after: After | null },
  limit: number,
): D1PreparedStatement {
  const { values, bind } = binder()
  const { where, km2 } = exactly(by.exact, bind)
  return db
    .prepare(
      `SELECT 0 AS tier, ${km2} AS km2, ${CARD} FROM ${HITS} ${FACE}
       WHERE g.grams MATCH ${bind(by.match)}${where}${past(km2, 'ASC', by.after, bind)}
       ORDER BY km2, d.seq DESC LIMIT ${bind(limit)}`,
    )
    .bind(...values)
}

/** How many match, counted up to `cap`. Without exact filters the index alone is asked, which is many times cheaper. */
export function countHits(db: D1Database, match: string, exact: Exact, cap: number): D1PreparedStatement {
  const { values, bind } = binder()
  const { where } = exactly(exact, bind)
  const from = where === '' ? 'grams g' : HITS
  return db
    .prepare(
      `SELECT count(*) AS total FROM (SELECT 1 FROM ${from} WHERE g.grams MATCH ${bind(match)}${where} LIMIT ${bind(cap)})`,
    )
    .bind(...values)
}
