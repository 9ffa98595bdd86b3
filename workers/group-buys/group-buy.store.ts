import { type GroupBuyState, OPEN_OF_HOST_MAX } from '#contracts/group-buys'
import type { GroupBuyId, HoldId, MemberId } from '#contracts/ids'
import type { ClaimsPlan } from '#do/slot-claims/claims.api'
import { assertChangedOne } from '#kit/d1'
import { CELL_LEVELS, cellOf, type Spot } from '#kit/place'
import { imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { planOfRow } from './group-buy.rules.ts'
import type { GroupBuyRow } from './row.ts'
import { isShown, tellChanged } from './snapshot.store.ts'
import type { Words } from './words.rules.ts'

export const CARD = `g.seq, g.id, g.host_id AS hostId, f.nickname, f.photo_id AS photoId, g.title, g.category,
  g.unit_price AS unitPrice, g.unit, g.total_units AS totalUnits, g.min_units AS minUnits, g.host_units AS hostUnits,
  g.filled_units AS filledUnits, g.members, g.waiting, g.state, g.deadline_ms AS deadlineMs, g.region,
  g.shop_unit_price AS shopUnitPrice, g.created_at_ms AS createdAtMs`
export const WITH_HOST = 'JOIN faces f ON f.member_id = g.host_id'
const ROW = `${CARD}, g.terminal_at_ms AS terminalAtMs, g.lat_milli AS latMilli, g.lng_milli AS lngMilli, g.version,
  g.plan_version AS planVersion, g.claims_version AS claimsVersion, g.updated_at_ms AS updatedAtMs,
  g.reminded_hours AS remindedHours, g.failure, g.due_at_ms AS dueAtMs, g.settling_at_ms AS settlingAtMs, g.goods, g.shipping,
  g.stage_ends_ms AS stageEndsMs, g.reminded_stage_ms AS remindedStageMs,
  g.receipt, g.vote_closes_at_ms AS voteClosesAtMs, g.vote_agreed AS voteAgreed, g.tries, g.tried_from_ms AS triedFromMs,
  g.images, g.pickup, g.keywords, g.product_url AS productUrl, g.description`

/** A group buy with its host's face: one statement by its key. */
export const readGroupBuy = (db: D1Database, id: GroupBuyId): Promise<GroupBuyRow | null> =>
  db.prepare(`SELECT ${ROW} FROM group_buys g ${WITH_HOST} WHERE g.id = ?`).bind(id).first()

/** What the claims object of a group buy is to be told; null when there is no such group buy. */
export async function planOf(env: Pick<GroupBuysEnv, 'DB'>, id: GroupBuyId): Promise<ClaimsPlan | null> {
  const row = await readGroupBuy(env.DB, id)
  return row && planOfRow(row)
}

const SEQ_STEPS_A_MS = 2_048

/** A number of its own for a group buy, later ones larger; below 2^53 until 2109. Two alike abort on the key, and are tried again. */
export const newSeq = (atMs: number): number =>
  atMs * SEQ_STEPS_A_MS + Math.floor(Math.random() * SEQ_STEPS_A_MS)

const OPEN_OF_HOST = `group_buys INDEXED BY group_buys_record
  WHERE state IN ('recruiting', 'filled', 'purchasing', 'arrived', 'handing_over')`

/** A new group buy, unless its host has too many open or has left: then no row, and the guard aborts the batch. */
export const insertGroupBuy = (db: D1Database, row: GroupBuyRow, words: Words): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO group_buys (id, seq, host_id, title, category, unit_price, unit, total_units, min_units, host_units, filled_units,
  deadline_ms, image_count, region, lat_milli, lng_milli, cell_near, cell_mid, cell_far, shop_unit_price, version, plan_version,
  created_at_ms, updated_at_ms, reminded_hours, due_at_ms, images, pickup, keywords, product_url, description)
SELECT ?1, ?27, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 1, 1, ?19, ?19, ?20, ?21, ?22, ?23, ?24,
  ?25, ?26
WHERE NOT EXISTS (SELECT 1 FROM faces WHERE member_id = ?2 AND withdrawn_at_ms IS NOT NULL)
  AND (SELECT count(*) FROM ${OPEN_OF_HOST} AND host_id = ?2) < ${OPEN_OF_HOST_MAX}`,
    )
    .bind(
      ...[row.id, row.hostId, row.title, row.category, row.unitPrice, row.unit, row.totalUnits, row.minUnits],
      ...[row.hostUnits, row.deadlineMs, imagesOf(row.images).length, row.region, row.latMilli, row.lngMilli],
      ...cellsOf(row),
      ...[row.shopUnitPrice, row.createdAtMs, row.remindedHours, row.dueAtMs, row.images, row.pickup],
      ...[row.keywords, row.productUrl, row.description, row.seq],
    ),
  assertChangedOne(db),
  indexWords(db, row.id, words),
]

function cellsOf({ latMilli, lngMilli }: GroupBuyRow): (number | null)[] {
  if (latMilli === null || lngMilli === null) return CELL_LEVELS.map(() => null)
  const spot: Spot = { latMilli, lngMilli }
  return CELL_LEVELS.map((level) => cellOf(level, spot))
}

const indexWords = (db: D1Database, id: GroupBuyId, { title, body }: Words): D1PreparedStatement =>
  db
    .prepare('INSERT INTO grams (rowid, title, body) SELECT seq, ?2, ?3 FROM group_buys WHERE id = ?1')
    .bind(id, title, body)

/** The text index says what the row says: the old words go, the new ones come. */
export const reindexWords = (db: D1Database, row: GroupBuyRow, words: Words): D1PreparedStatement[] => [
  db.prepare('DELETE FROM grams WHERE rowid = ?').bind(row.seq),
  indexWords(db, row.id, words),
]

/** A change that meets another one (people join all the time) starts over with what that one left, so often. */
export const CHANGE_TRIES = 8

/** Columns a change may write, by their name in the row. */
const COLUMNS = {
  title: 'title',
  category: 'category',
  unitPrice: 'unit_price',
  totalUnits: 'total_units',
  minUnits: 'min_units',
  hostUnits: 'host_units',
  filledUnits: 'filled_units',
  state: 'state',
  deadlineMs: 'deadline_ms',
  terminalAtMs: 'terminal_at_ms',
  planVersion: 'plan_version',
  remindedHours: 'reminded_hours',
  failure: 'failure',
  dueAtMs: 'due_at_ms',
  settlingAtMs: 'settling_at_ms',
  stageEndsMs: 'stage_ends_ms',
  remindedStageMs: 'reminded_stage_ms',
  goods: 'goods',
  shipping: 'shipping',
  receipt: 'receipt',
  voteClosesAtMs: 'vote_closes_at_ms',
  voteAgreed: 'vote_agreed',
  tries: 'tries',
  triedFromMs: 'tried_from_ms',
  images: 'images',
  pickup: 'pickup',
  keywords: 'keywords',
  shopUnitPrice: 'shop_unit_price',
  productUrl: 'product_url',
  description: 'description',
} as const
export type Change = Partial<Pick<GroupBuyRow, keyof typeof COLUMNS>>

/**
 * Writes a change over the version it was made from; when that one is gone the guard aborts the batch. What others show of it is told in the
 * same batch (`toldIn` its results).
 */
export function changeGroupBuy(
  db: D1Database,
  row: Pick<GroupBuyRow, 'id' | 'version'>,
  change: Change,
  atMs: number,
): D1PreparedStatement[] {
  const names = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter(
    (name) => change[name] !== undefined,
  )
  const sets = names.map((name) => `${COLUMNS[name]} = ?`)
  const count = change.images === undefined ? [] : [imagesOf(change.images).length]
  return [
    db
      .prepare(
        `UPDATE group_buys SET ${[...sets, ...count.map(() => 'image_count = ?')].join(', ')}${
          sets.length > 0 ? ', ' : ''
        }version = version + 1, updated_at_ms = ? WHERE id = ? AND version = ?`,
      )
      .bind(...names.map((name) => change[name] ?? null), ...count, atMs, row.id, row.version),
    assertChangedOne(db),
    ...(isShown(change) ? [tellChanged(db, { id: row.id, version: row.version + 1 }, atMs)] : []),
  ]
}

/** When it is looked at next. A row that changed meanwhile stays due: whoever changed it may want it looked at sooner. */
export const lookAgain = (
  db: D1Database,
  { id, version }: Pick<GroupBuyRow, 'id' | 'version'>,
  dueAtMs: number | null,
): D1PreparedStatement =>
  db.prepare('UPDATE group_buys SET due_at_ms = ? WHERE id = ? AND version = ?').bind(dueAtMs, id, version)

export async function readDue(db: D1Database, atMs: number, limit: number): Promise<GroupBuyId[]> {
  const { results } = await db
    .prepare('SELECT id FROM group_buys WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?')
    .bind(atMs, limit)
    .all<{ id: GroupBuyId }>()
  return results.map(({ id }) => id)
}

/** The states of these; unknown ids are left out. One that ended and has nothing due any more has given all money where it belongs. */
export async function readStates(
  db: D1Database,
  ids: GroupBuyId[],
): Promise<{ id: GroupBuyId; state: GroupBuyState; isOver: boolean }[]> {
  const { results } = await db
    .prepare(
      `SELECT id, state, state IN ('settled', 'failed', 'cancelled') AND due_at_ms IS NULL AS isOver FROM group_buys
WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(ids))
    .all<{ id: GroupBuyId; state: GroupBuyState; isOver: number }>()
  return results.map((row) => ({ ...row, isOver: row.isOver === 1 }))
}

/** How a host's ended ones went. */
export async function readRecord(
  db: D1Database,
  hostId: MemberId,
): Promise<{ settled: number; failed: number; cancelled: number }> {
  const { results } = await db
    .prepare(
      `SELECT state, count(*) AS count FROM group_buys INDEXED BY group_buys_record
WHERE host_id = ? AND state IN ('settled', 'failed', 'cancelled') GROUP BY state`,
    )
    .bind(hostId)
    .all<{ state: GroupBuyState; count: number }>()
  const of = (state: GroupBuyState) => results.find((row) => row.state === state)?.count ?? 0
  return { settled: of('settled'), failed: of('failed'), cancelled: of('cancelled') }
}

/** More than a host can have: what was opened before there was a limit is found, too. */
const READ_OPEN_MAX = 500
/** A host's group buys that are not over. */
export async function readOpenOf(db: D1Database, hostId: MemberId): Promise<GroupBuyId[]> {
  const { results } = await db
    .prepare(`SELECT id FROM ${OPEN_OF_HOST} AND host_id = ? LIMIT ?`)
    .bind(hostId, READ_OPEN_MAX)
    .all<{ id: GroupBuyId }>()
  return results.map(({ id }) => id)
}

/** Whether a host may open one more; the insert asks again. */
export const mayOpenMore = async (db: D1Database, hostId: MemberId): Promise<boolean> =>
  (await readOpenOf(db, hostId)).length < OPEN_OF_HOST_MAX

export type ClaimRow = { memberId: MemberId; units: number; holdIds: HoldId[]; joinedAtMs: number }

/** Who is in it, as the claims object told last, in the order they joined. */
export async function readClaims(db: D1Database, id: GroupBuyId): Promise<ClaimRow[]> {
  const { results } = await db
    .prepare(
      `SELECT member_id AS memberId, units, hold_ids AS holdIds, joined_at_ms AS joinedAtMs FROM claims
WHERE group_buy_id = ? AND units > 0 ORDER BY joined_at_ms, member_id`,
    )
    .bind(id)
    .all<Omit<ClaimRow, 'holdIds'> & { holdIds: string }>()
  return results.map((row) => ({ ...row, holdIds: JSON.parse(row.holdIds) as HoldId[] }))
}

/** One member's claim, as the claims object told last. */
export const readUnits = async (db: D1Database, id: GroupBuyId, memberId: MemberId): Promise<number> =>
  (await db
    .prepare('SELECT units FROM claims WHERE group_buy_id = ? AND member_id = ?')
    .bind(id, memberId)
    .first<number>('units')) ?? 0
