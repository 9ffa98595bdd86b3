import type { MyGroupBuyRole } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import type { Place, Statement } from '#kit/page'
import { type Around, allOf, type Condition, squareMetresSql } from '#kit/place'
import { CARD, WITH_HOST } from './group-buy.store.ts'
import { type Few, type ListPlan, SORT_KEYS } from './list.plan.rules.ts'
import type { ListRow } from './row.ts'

/** What a list reads of a row. */
export const LIST_CARD = `${CARD}, g.images -> '$[0]' AS cover`

/** A list whose every row of the stretch counts: one walk down one index, stopped at `limit` rows. */
export function wholeStretch(plan: ListPlan, after: Place | null, limit: number): Statement {
  const { column, direction } = SORT_KEYS[plan.order]
  const where = allOf([...plan.range, ...beyond(plan, after)])
  return {
    sql: `SELECT ${LIST_CARD}, g.${column} AS key, NULL AS squareMetres
FROM group_buys g INDEXED BY ${plan.index} ${WITH_HOST}
WHERE ${where.sql} ORDER BY g.${column} ${direction}, g.seq ${direction} LIMIT ?`,
    binds: [...where.binds, limit],
  }
}

/**
 * A list near a place: looks at `window` rows of each cell and no more, however rare the hits. What a cell holds beyond its window is
 * unknown, so hits after the first window's end are left for the next reading.
 */
export function sieved(
  plan: ListPlan,
  around: Around,
  after: Place | null,
  limit: number,
  window: number,
): Statement {
  const { column, direction } = SORT_KEYS[plan.order]
  const sieve = allOf(plan.sieve)
  const where = allOf([...inCell(plan, around), ...beyond(plan, after)])
  const stretch = `FROM group_buys g INDEXED BY ${plan.index} WHERE ${where.sql}
  ORDER BY g.${column} ${direction}, g.seq ${direction} LIMIT ?`
  const cells = JSON.stringify(around.cells)
  const distance = squareMetresSql('g', around)
  const order = `key ${direction}, seq ${direction}`
  const notPast = direction === 'DESC' ? '>=' : '<='
  return {
    sql: `WITH stop AS MATERIALIZED (
  SELECT t.${column} AS key, t.seq AS seq FROM json_each(?) c CROSS JOIN group_buys t WHERE t.rowid = (SELECT g.rowid ${stretch} OFFSET ?)
  ORDER BY ${order} LIMIT 1)
SELECT stop.key AS stopKey, stop.seq AS stopSeq, found.* FROM (SELECT 1) LEFT JOIN stop LEFT JOIN (
  SELECT ${LIST_CARD}, hit.key AS key, ${distance.sql} AS squareMetres
  FROM (
    SELECT key, seq, row FROM (
      SELECT t.${column} AS key, t.seq AS seq, t.rowid AS row FROM json_each(?) c CROSS JOIN group_buys t WHERE t.rowid IN (
        SELECT row FROM (SELECT g.rowid AS row, (${sieve.sql}) AS hit ${stretch}) WHERE hit))
    WHERE NOT EXISTS (SELECT 1 FROM stop) OR (key, seq) ${notPast} (SELECT key, seq FROM stop)
    ORDER BY ${order} LIMIT ?
  ) hit CROSS JOIN group_buys g ON g.rowid = hit.row ${WITH_HOST}
) found ORDER BY found.key ${direction}, found.seq ${direction}`,
    binds: [
      ...[cells, ...where.binds, 1, window - 1],
      ...[...distance.binds, cells, ...sieve.binds, ...where.binds, window, limit],
    ],
  }
}

const inCell = (plan: ListPlan, { level }: Around): Condition[] => [
  { sql: `g.cell_${level.name} = c.value`, binds: [] },
  ...plan.range,
]

/** One host's, or what a query found: the newest so many are looked at, whatever they are sorted by. */
const FEW_MAX = 2_000

export function sortedFew(plan: ListPlan, few: Few, after: Place | null, limit: number): Statement {
  const { column, direction } =
    plan.sort === 'distance' ? { column: '', direction: 'ASC' as const } : SORT_KEYS[plan.order]
  const distance = plan.around ? squareMetresSql('g', plan.around) : { sql: 'NULL', binds: [] }
  const key = plan.sort === 'distance' ? distance : { sql: `g.${column}`, binds: [] }
  const sieve = allOf(plan.sieve)
  const sign = direction === 'DESC' ? '<' : '>'
  const from =
    few.kind === 'host'
      ? { sql: `group_buys g INDEXED BY ${plan.index}`, binds: [] }
      : {
          sql: `(SELECT rowid AS row FROM grams WHERE grams MATCH ? ORDER BY rowid DESC LIMIT ${FEW_MAX}) hit
  CROSS JOIN group_buys g ON g.seq = hit.row`,
          binds: [few.match],
        }
  return {
    sql: `SELECT * FROM (
  SELECT ${LIST_CARD}, ${key.sql} AS key, ${distance.sql} AS squareMetres FROM ${from.sql} ${WITH_HOST} WHERE ${sieve.sql}
)${after ? ` WHERE (key, seq) ${sign} (?, ?)` : ''} ORDER BY key ${direction}, seq ${direction} LIMIT ?`,
    binds: [
      ...[...key.binds, ...distance.binds, ...from.binds, ...sieve.binds],
      ...(after ? [after.key, after.seq] : []),
      limit,
    ],
  }
}

export type MineRow = ListRow & { key: number }

/** Where what is one's own is found, and what it is ordered by. */
const MINE: Record<MyGroupBuyRole, { from: string; where: string; key: string }> = {
  host: {
    from: 'group_buys g INDEXED BY group_buys_mine',
    where: 'g.host_id = ?',
    key: 'g.created_at_ms',
  },
  member: {
    from: 'claims c INDEXED BY claims_mine CROSS JOIN group_buys g ON g.id = c.group_buy_id',
    where: 'c.member_id = ? AND c.units > 0',
    key: 'c.joined_at_ms',
  },
  // Who has units already and waits for more is among the members.
  waiting: {
    from: 'waiters w INDEXED BY waiters_mine CROSS JOIN group_buys g ON g.id = w.group_buy_id',
    where: `w.member_id = ? AND NOT EXISTS (SELECT 1 FROM claims c
  WHERE c.group_buy_id = w.group_buy_id AND c.member_id = w.member_id AND c.units > 0)`,
    key: 'w.since_ms',
  },
}

/** What a member hosts by when it was opened, is in by when they joined, or waits for by since when; newest first. */
export function mineStretch(
  role: MyGroupBuyRole,
  memberId: MemberId,
  after: Place | null,
  limit: number,
): Statement {
  const { from, where, key } = MINE[role]
  return {
    sql: `SELECT ${LIST_CARD}, ${key} AS key, NULL AS squareMetres FROM ${from} ${WITH_HOST}
WHERE ${where}${after ? ` AND (${key}, g.seq) < (?, ?)` : ''} ORDER BY ${key} DESC, g.seq DESC LIMIT ?`,
    binds: [memberId, ...(after ? [after.key, after.seq] : []), limit],
  }
}

function beyond(plan: ListPlan, after: Place | null): Condition[] {
  if (!after) return []
  const { column, direction } = SORT_KEYS[plan.order]
  const sign = direction === 'DESC' ? '<' : '>'
  return [{ sql: `(g.${column}, g.seq) ${sign} (?, ?)`, binds: [after.key, after.seq] }]
}
