import type { Place, Statement } from '#kit/page'
import { type Around, allOf, squareMetresSql } from '#kit/place'
import { type Condition, type ListPlan, SORT_KEYS } from './list.plan.rules.ts'

const CARD = `l.seq, l.id, l.seller_id AS sellerId, s.nickname, s.photo_id AS photoId, l.title, l.category, l.price,
  l.status, l.region, l.views, l.wishes, l.comments, l.chats, l.created_at_ms AS createdAtMs,
  l.bumped_at_ms AS bumpedAtMs, l.images -> '$[0]' AS cover, l.image_count AS imageCount`
const WITH_SELLER = 'JOIN sellers s ON s.member_id = l.seller_id'

/**
 * A list whose every row of the stretch counts: one walk down one index, stopped at `limit` rows. The hottest query there is,
 * so it is written by hand.
 */
export function wholeStretch(plan: ListPlan, after: Place | null, limit: number): Statement {
  const { column, direction } = sortKeyOf(plan)
  const where = allOf([
    listed,
    ...rangeOf(plan, after),
    ...(plan.isShort ? plan.sieve : []),
    ...beyond(plan, after),
  ])
  return {
    sql: `SELECT ${CARD}, l.${column} AS key, ${distanceColumn(plan.around)} AS squareMetres
FROM listings l INDEXED BY ${plan.index} ${WITH_SELLER}
WHERE ${where.sql}
ORDER BY l.${column} ${direction}, l.seq ${direction} LIMIT ?`,
    binds: [...distanceBinds(plan.around), ...where.binds, limit],
  }
}

/**
 * A list with a sieve: looks at `window` rows of the stretch (of each cell's, near a place) and no more, however rare the hits.
 * What a cell holds beyond its window is unknown, so hits after the first window's end are left for the next reading.
 */
export function sieved(plan: ListPlan, after: Place | null, limit: number, window: number): Statement {
  const { direction } = sortKeyOf(plan)
  const { hits, ends } = plan.around
    ? lookedInCells(plan, plan.around, after, window)
    : lookedAlong(plan, after, window)
  const order = `key ${direction}, seq ${direction}`
  const notPast = direction === 'DESC' ? '>=' : '<='
  return {
    sql: `WITH stop AS MATERIALIZED (${ends.sql} ORDER BY ${order} LIMIT 1)
SELECT stop.key AS stopKey, stop.seq AS stopSeq, found.* FROM (SELECT 1) LEFT JOIN stop LEFT JOIN (
  SELECT ${CARD}, hit.key AS key, ${distanceColumn(plan.around)} AS squareMetres
  FROM (
    SELECT key, seq, row FROM (${hits.sql})
    WHERE NOT EXISTS (SELECT 1 FROM stop) OR (key, seq) ${notPast} (SELECT key, seq FROM stop)
    ORDER BY ${order} LIMIT ?
  ) hit CROSS JOIN listings l ON l.rowid = hit.row ${WITH_SELLER}
) found ORDER BY found.key ${direction}, found.seq ${direction}`,
    binds: [...ends.binds, ...distanceBinds(plan.around), ...hits.binds, limit],
  }
}

/** What is looked at: the hits in it, and where it ends if it does not end by itself. */
type Looked = { hits: Statement; ends: Statement }

function lookedAlong(plan: ListPlan, start: Place | null, rows: number): Looked {
  const { column, direction } = sortKeyOf(plan)
  const sieve = allOf(plan.sieve)
  const where = allOf([listed, ...rangeOf(plan, start), ...beyond(plan, start)])
  const stretch = `FROM listings l INDEXED BY ${plan.index} WHERE ${where.sql}
ORDER BY l.${column} ${direction}, l.seq ${direction} LIMIT ?`
  return {
    hits: {
      sql: `SELECT key, seq, row FROM (
  SELECT l.${column} AS key, l.seq AS seq, l.rowid AS row, (${sieve.sql}) AS hit ${stretch}) WHERE hit`,
      binds: [...sieve.binds, ...where.binds, rows],
    },
    ends: {
      sql: `SELECT key, seq FROM (SELECT l.${column} AS key, l.seq AS seq ${stretch} OFFSET ?)`,
      binds: [...where.binds, 1, rows - 1],
    },
  }
}

/** `rows` rows of each cell around a place, in the list's order; the cells' indexes hold all that the sieve asks. */
function lookedInCells(plan: ListPlan, around: Around, start: Place | null, rows: number): Looked {
  const { column, direction } = sortKeyOf(plan)
  const sieve = allOf(plan.sieve)
  const inCell: Condition = { sql: `l.listed = 1 AND l.cell_${around.level.name} = c.value`, binds: [] }
  const where = allOf([inCell, ...beyond(plan, start)])
  const stretch = `FROM listings l INDEXED BY ${plan.index} WHERE ${where.sql}
  ORDER BY l.${column} ${direction}, l.seq ${direction} LIMIT ?`
  const cells = JSON.stringify(around.cells)
  return {
    hits: {
      sql: `SELECT t.${column} AS key, t.seq AS seq, t.rowid AS row FROM json_each(?) c CROSS JOIN listings t WHERE t.rowid IN (
  SELECT row FROM (SELECT l.rowid AS row, (${sieve.sql}) AS hit ${stretch}) WHERE hit)`,
      binds: [cells, ...sieve.binds, ...where.binds, rows],
    },
    ends: {
      sql: `SELECT t.${column} AS key, t.seq AS seq FROM json_each(?) c CROSS JOIN listings t
WHERE t.rowid = (SELECT l.rowid ${stretch} OFFSET ?)`,
      binds: [cells, ...where.binds, 1, rows - 1],
    },
  }
}

/** Of each cell at most its newest this many are weighed by distance. */
export const RING_CELL_ROWS_MAX = 2_000

/** A list by distance, one ring of it: everything in the ring's cells, nearest first. `around` is the ring's outer circle. */
export function ring(
  plan: ListPlan,
  around: Around,
  overSquareMetres: number,
  after: Place | null,
  limit: number,
): Statement {
  const distance = squareMetresSql('l', around)
  const inRing = (sign: string, bound: number): Condition => ({
    sql: `${distance.sql} ${sign} ?`,
    binds: [...distance.binds, bound],
  })
  const hit = allOf([
    ...plan.sieve,
    inRing('>', overSquareMetres),
    inRing('<=', (around.radiusKm * 1000) ** 2),
  ])
  const level = around.level.name
  return {
    sql: `SELECT ${CARD}, near.metres AS key, near.metres AS squareMetres FROM (
  SELECT seq, row, metres FROM (
    SELECT l.seq AS seq, l.rowid AS row, ${distance.sql} AS metres FROM json_each(?) c CROSS JOIN listings l WHERE l.rowid IN (
      SELECT row FROM (
        SELECT l.rowid AS row, (${hit.sql}) AS hit FROM listings l INDEXED BY listings_${level}_newest
        WHERE l.listed = 1 AND l.cell_${level} = c.value
        ORDER BY l.bumped_at_ms DESC, l.seq DESC LIMIT ${RING_CELL_ROWS_MAX}
      ) WHERE hit)
  )${after ? ' WHERE (metres, seq) > (?, ?)' : ''} ORDER BY metres, seq LIMIT ?
) near CROSS JOIN listings l ON l.rowid = near.row ${WITH_SELLER} ORDER BY near.metres, l.seq`,
    binds: [
      ...distance.binds,
      JSON.stringify(around.cells),
      ...hit.binds,
      ...(after ? [after.key, after.seq] : []),
      limit,
    ],
  }
}

/** A member's things by distance: few, so they are weighed at once. */
export function shortByDistance(
  plan: ListPlan,
  around: Around,
  after: Place | null,
  limit: number,
): Statement {
  const distance = squareMetresSql('l', around)
  const where = allOf([listed, ...plan.range, ...plan.sieve])
  return {
    sql: `SELECT * FROM (
  SELECT ${CARD}, ${distance.sql} AS key, ${distance.sql} AS squareMetres
  FROM listings l INDEXED BY ${plan.index} ${WITH_SELLER} WHERE ${where.sql}
)${after ? ' WHERE (key, seq) > (?, ?)' : ''} ORDER BY key, seq LIMIT ?`,
    binds: [
      ...distance.binds,
      ...distance.binds,
      ...where.binds,
      ...(after ? [after.key, after.seq] : []),
      limit,
    ],
  }
}

const listed: Condition = { sql: 'l.listed = 1', binds: [] }

const sortKeyOf = (plan: ListPlan) => SORT_KEYS[plan.sort === 'distance' ? 'newest' : plan.sort]

/** The stretch's own conditions. Given both, SQLite would bound its walk by a condition that `beyond` makes needless. */
const rangeOf = (plan: ListPlan, after: Place | null): Condition[] =>
  after === null
    ? plan.range
    : plan.range.filter(({ impliedGoing }) => impliedGoing !== sortKeyOf(plan).direction)

function beyond(plan: ListPlan, after: Place | null): Condition[] {
  if (!after) return []
  const { column, direction } = sortKeyOf(plan)
  const sign = direction === 'DESC' ? '<' : '>'
  // Where all cost the same, only `seq` goes on; SQLite would not see that in the pair.
  const isOnePrice = column === 'price' && plan.range.some(({ sql }) => sql === 'l.price = 0')
  if (isOnePrice) return [{ sql: `l.seq ${sign} ?`, binds: [after.seq] }]
  return [{ sql: `(l.${column}, l.seq) ${sign} (?, ?)`, binds: [after.key, after.seq] }]
}

const distanceColumn = (around: Around | null) => (around ? squareMetresSql('l', around).sql : 'NULL')
const distanceBinds = (around: Around | null) => (around ? squareMetresSql('l', around).binds : [])
