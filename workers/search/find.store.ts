import { RADIUS_KM_DEFAULT } from '#contracts/place'
import { type Exact, hasExact, type Tier } from './find.rules.ts'
import { kmShrink, M_PER_DEGREE } from './tags.rules.ts'

/**
 * The query of search: one statement, one row, whatever is asked, since D1 takes longer to hand over a row's cells than SQLite
 * to find them. It reads the index of a shelf from the newest on and stops after a page; what tags say only roughly (price,
 * distance) or not at all (a deadline) is checked on the row. Plans and timings are in README.md. D1 binds every number as REAL, and FTS5
 * silently ignores a REAL bound of rowid: hence the casts.
 */

type Value = string | number
/** Numbered parameters: `bind(value)` gives the `?n` to write into the SQL. */
function binder() {
  const values: Value[] = []
  return { values, bind: (value: Value): string => `?${values.push(value)}` }
}
type Bind = ReturnType<typeof binder>['bind']

/** The two tables of what is looked for, of one rowid, and the orders its rows have besides newness, each with the index that walks it. */
export type Tables<Sort extends string> = {
  docs: string
  grams: string
  orders: Record<Sort, { column: string; direction: Direction; index: string }>
}

/** Where a page in the order of a key ended: the key's value and the listing's seq. */
export type After = { key: number; seq: number }

/**
 * How to come to a page. `newest`: tiers one after the other, each newest first. `sort_hits` sorts all hits by a key and suits
 * words that few have; `walk_index` goes along the key's own index and asks of each row whether it is a hit,
 * which suits words that many have. `nearest` sorts by distance; what has no position is left out by the radius.
 */
export type Way<Sort extends string> =
  | { kind: 'newest'; tiers: readonly Tier[] }
  | { kind: 'sort_hits' | 'walk_index'; sort: Sort; match: string; after: After | null }
  | { kind: 'nearest'; match: string; after: After | null }

export type Count = { match: string; exact: Exact; cap: number }

/** One row: `page`, the hits as JSON (hit.rules.ts), and `total` when it is to be counted. */
export function findPage<Sort extends string>(
  db: D1Database,
  shelf: Tables<Sort>,
  way: Way<Sort>,
  exact: Exact,
  limit: number,
  count: Count | null,
): D1PreparedStatement {
  const { values, bind } = binder()
  const page = `SELECT '[' || group_concat(${HIT}) || ']' FROM (${keysOf(shelf, way, exact, bind(limit), bind)}) AS k
    CROSS JOIN ${shelf.docs} d ON d.seq = k.seq`
  const total = count === null ? 'NULL' : `(${countOf(shelf, count, bind)})`
  return db.prepare(`SELECT (${page}) AS page, ${total} AS total`).bind(...values)
}

/** One JSON array a hit; the card is one itself. */
const HIT = "'[' || k.tier || ',' || k.seq || ',' || ifnull(k.m2, 'null') || ',' || d.card || ']'"

/** How many match, each question counted up to its cap, in one row: `total0`, `total1` … */
export function countHits(
  db: D1Database,
  shelf: Pick<Tables<never>, 'docs' | 'grams'>,
  counts: readonly Count[],
): D1PreparedStatement {
  const { values, bind } = binder()
  const columns = counts.map((count, index) => `(${countOf(shelf, count, bind)}) AS total${index}`)
  return db.prepare(`SELECT ${columns.join(', ')}`).bind(...values)
}

/** Without exact filters the index alone is asked, which is many times cheaper. */
function countOf(
  shelf: Pick<Tables<never>, 'docs' | 'grams'>,
  { match, exact, cap }: Count,
  bind: Bind,
): string {
  const from = hasExact(exact) ? hitsIn(shelf) : `${shelf.grams} g`
  return `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE g.${shelf.grams} MATCH ${bind(match)}${exactly(exact, bind).where}
    LIMIT ${bind(cap)})`
}

/** CROSS JOIN keeps this order: the index leads, the rows follow. */
const hitsIn = ({ docs, grams }: Pick<Tables<never>, 'docs' | 'grams'>): string =>
  `${grams} g CROSS JOIN ${docs} d ON d.seq = g.rowid`

function keysOf<Sort extends string>(
  shelf: Tables<Sort>,
  way: Way<Sort>,
  exact: Exact,
  limit: string,
  bind: Bind,
): string {
  const { where, m2 } = exactly(exact, bind)
  if (way.kind === 'newest') {
    const from = hasExact(exact) ? hitsIn(shelf) : `${shelf.grams} g`
    const tiers = way.tiers.map(({ tier, match, beforeSeq }) => {
      const before = beforeSeq === null ? '' : ` AND g.rowid < CAST(${bind(beforeSeq)} AS INTEGER)`
      return `SELECT * FROM (SELECT ${tier} AS tier, g.rowid AS seq, ${m2} AS m2 FROM ${from}
        WHERE g.${shelf.grams} MATCH ${bind(match)}${before}${where} ORDER BY g.rowid DESC LIMIT ${limit})`
    })
    // A later tier is not even opened when the page is full before.
    return `${tiers.join(' UNION ALL ')} LIMIT ${limit}`
  }
  const match = `g.${shelf.grams} MATCH ${bind(way.match)}${where}`
  if (way.kind === 'nearest') {
    return `SELECT 0 AS tier, d.seq, ${m2} AS m2 FROM ${hitsIn(shelf)}
      WHERE ${match}${past(m2, 'ASC', way.after, bind)} ORDER BY m2, d.seq DESC LIMIT ${limit}`
  }
  const { column, direction, index } = shelf.orders[way.sort]
  const from =
    way.kind === 'sort_hits'
      ? hitsIn(shelf)
      : `${shelf.docs} d INDEXED BY ${index} CROSS JOIN ${shelf.grams} g ON g.rowid = d.seq`
  return `SELECT 0 AS tier, d.seq, ${m2} AS m2 FROM ${from}
    WHERE ${match}${past(`d.${column}`, direction, way.after, bind)}
    ORDER BY d.${column} ${direction}, d.seq DESC LIMIT ${limit}`
}

type Direction = 'ASC' | 'DESC'

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
    ...(exact.openAfterMs === undefined ? [] : [`d.deadline_ms > ${bind(exact.openAfterMs)}`]),
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
