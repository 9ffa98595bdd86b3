import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { type Exact, hasExact, type Tier } from './find.rules.ts'
import { kmShrink, M_PER_DEGREE } from './tags.rules.ts'

/**
 * The query of search: one statement, one row, whatever is asked, since D1 takes longer to hand over a row's cells than SQLite
 * to find them. It reads the index from the newest listing on and stops after a page; what tags say only roughly (price,
 * distance) is checked on the listing's row. Plans and timings are in README.md. D1 binds every number as REAL, and FTS5
 * silently ignores a REAL bound of rowid: hence the casts.
 */

type Value = string | number
/** Numbered parameters: `bind(value)` gives the `?n` to write into the SQL. */
function binder() {
  const values: Value[] = []
  return { values, bind: (value: Value): string => `?${values.push(value)}` }
}
type Bind = ReturnType<typeof binder>['bind']

export type KeySort = 'price_asc' | 'price_desc' | 'views' | 'wishes'
/** Where a page in the order of a key ended: the key's value and the listing's seq. */
export type After = { key: number; seq: number }

/**
 * How to come to a page. `newest`: tiers one after the other, each newest first. `sort_hits` sorts all hits by a key and suits
 * words that few listings have; `walk_index` goes along the key's own index and asks of each listing whether it is a hit,
 * which suits words that many have. `nearest` sorts by distance; what has no position is left out by the radius.
 */
export type Way =
  | { kind: 'newest'; tiers: readonly Tier[] }
  | { kind: 'sort_hits' | 'walk_index'; sort: KeySort; match: string; after: After | null }
  | { kind: 'nearest'; match: string; after: After | null }

export type Count = { match: string; exact: Exact; cap: number }

/** One row: `page`, the hits as JSON (hit.rules.ts), and `total` when it is to be counted. */
export function findPage(
  db: D1Database,
  way: Way,
  exact: Exact,
  limit: number,
  count: Count | null,
): D1PreparedStatement {
  const { values, bind } = binder()
  const page = `SELECT '[' || group_concat(${HIT}) || ']' FROM (${keysOf(way, exact, bind(limit), bind)}) AS k
    CROSS JOIN docs d ON d.seq = k.seq`
  const total = count === null ? 'NULL' : `(${countOf(count, bind)})`
  return db.prepare(`SELECT (${page}) AS page, ${total} AS total`).bind(...values)
}

/** One JSON array a hit; the card is one itself. */
const HIT = "'[' || k.tier || ',' || k.seq || ',' || ifnull(k.m2, 'null') || ',' || d.card || ']'"

/** How many match, each question counted up to its cap, in one row: `total0`, `total1` … */
export function countHits(db: D1Database, counts: readonly Count[]): D1PreparedStatement {
  const { values, bind } = binder()
  const columns = counts.map((count, index) => `(${countOf(count, bind)}) AS total${index}`)
  return db.prepare(`SELECT ${columns.join(', ')}`).bind(...values)
}

/** Without exact filters the index alone is asked, which is many times cheaper. */
function countOf({ match, exact, cap }: Count, bind: Bind): string {
  const from = hasExact(exact) ? HITS : 'grams g'
  return `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE g.grams MATCH ${bind(match)}${exactly(exact, bind).where}
    LIMIT ${bind(cap)})`
}

/** CROSS JOIN keeps this order: the index leads, the listings follow. */
const HITS = 'grams g CROSS JOIN docs d ON d.seq = g.rowid'

function keysOf(way: Way, exact: Exact, limit: string, bind: Bind): string {
  const { where, m2 } = exactly(exact, bind)
  if (way.kind === 'newest') {
    const from = hasExact(exact) ? HITS : 'grams g'
    const tiers = way.tiers.map(({ tier, match, beforeSeq }) => {
      const before = beforeSeq === null ? '' : ` AND g.rowid < CAST(${bind(beforeSeq)} AS INTEGER)`
      return `SELECT * FROM (SELECT ${tier} AS tier, g.rowid AS seq, ${m2} AS m2 FROM ${from}
        WHERE g.grams MATCH ${bind(match)}${before}${where} ORDER BY g.rowid DESC LIMIT ${limit})`
    })
    // A later tier is not even opened when the page is full before.
    return `${tiers.join(' UNION ALL ')} LIMIT ${limit}`
  }
  const match = `g.grams MATCH ${bind(way.match)}${where}`
  if (way.kind === 'nearest') {
    return `SELECT 0 AS tier, d.seq, ${m2} AS m2 FROM ${HITS}
      WHERE ${match}${past(m2, 'ASC', way.after, bind)} ORDER BY m2, d.seq DESC LIMIT ${limit}`
  }
  const { column, direction, index } = ORDERS[way.sort]
  const from =
    way.kind === 'sort_hits' ? HITS : `docs d INDEXED BY ${index} CROSS JOIN grams g ON g.rowid = d.seq`
  return `SELECT 0 AS tier, d.seq, ${m2} AS m2 FROM ${from}
    WHERE ${match}${past(column, direction, way.after, bind)}
    ORDER BY ${column} ${direction}, d.seq DESC LIMIT ${limit}`
}

type Direction = 'ASC' | 'DESC'
const ORDERS: Record<KeySort, { column: string; direction: Direction; index: string }> = {
  price_asc: { column: 'd.price', direction: 'ASC', index: 'docs_price_asc' },
  price_desc: { column: 'd.price', direction: 'DESC', index: 'docs_price_desc' },
  views: { column: 'd.views', direction: 'DESC', index: 'docs_views' },
  wishes: { column: 'd.wishes', direction: 'DESC', index: 'docs_wishes' },
}

function past(column: string, direction: Direction, after: After | null, bind: Bind): string {
  if (after === null) return ''
  const key = bind(after.key)
  const beyond = direction === 'ASC' ? '>' : '<'
  return ` AND ${column} ${beyond}= ${key} AND (${column} ${beyond} ${key} OR d.seq < ${bind(after.seq)})`
}

function exactly(exact: Exact, bind: Bind): { where: string; m2: string } {
  const m2 = exact.near === undefined ? 'NULL' : squaredMetres(exact.near, bind)
  const radiusM = (exact.radiusKm ?? RADIUS_KM_DEFAULT) * 1_000
  const clauses = [
    ...(exact.minPrice === undefined ? [] : [`d.price >= ${bind(exact.minPrice)}`]),
    ...(exact.maxPrice === undefined ? [] : [`d.price <= ${bind(exact.maxPrice)}`]),
    ...(exact.near === undefined ? [] : [`${m2} <= ${bind(radiusM ** 2)}`]),
  ]
  return { where: clauses.map((clause) => ` AND ${clause}`).join(''), m2 }
}

/** As tags.rules.ts's distanceKm: a flat map at the asked latitude, the short way round. Whole, so that a cursor can hold it. */
function squaredMetres({ lat, lng }: { lat: number; lng: number }, bind: Bind): string {
  const north = `((d.lat - ${bind(lat)}) * ${M_PER_DEGREE})`
  const across = `abs(d.lng - ${bind(lng)})`
  const east = `(min(${across}, 360 - ${across}) * ${bind(M_PER_DEGREE * kmShrink(lat))})`
  return `CAST(${north} * ${north} + ${east} * ${east} AS INTEGER)`
}
