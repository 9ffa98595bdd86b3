import { MadangEvent } from '#contracts/events'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { ClaimsPart } from '#do/slot-claims/claims.api'
import { derivedId } from '#kit/id'
import type { GroupBuyRow } from './row.ts'

/** What of a row others show: a change of one of these is told. */
const SHOWN = [
  ...(['title', 'description', 'keywords', 'category', 'images', 'deadlineMs', 'state'] as const),
  ...(['unitPrice', 'totalUnits', 'minUnits', 'hostUnits', 'filledUnits'] as const),
] as const satisfies readonly (keyof GroupBuyRow)[]

export const isShown = (change: Partial<GroupBuyRow>): boolean =>
  SHOWN.some((name) => change[name] !== undefined)

// A function of D1 takes 32 arguments, so the rest is set into the first part.
const SNAPSHOT = `json_set(
  json_object('id', g.id, 'title', g.title, 'description', g.description, 'keywords', json(g.keywords), 'category', g.category,
    'unitPrice', g.unit_price, 'unit', g.unit, 'totalUnits', g.total_units, 'minUnits', g.min_units, 'hostUnits', g.host_units,
    'filledUnits', g.filled_units, 'members', g.members, 'waiting', g.waiting, 'state', g.state, 'deadlineMs', g.deadline_ms),
  '$.host', json_object('memberId', g.host_id, 'nickname', f.nickname, 'photoId', f.photo_id),
  '$.cover', json(g.images -> '$[0]'), '$.region', g.region,
  '$.location', json(CASE WHEN g.lat_milli IS NOT NULL THEN json_object('lat', g.lat_milli / 1000.0, 'lng', g.lng_milli / 1000.0) END),
  '$.shopUnitPrice', g.shop_unit_price, '$.createdAtMs', g.created_at_ms)`

type Telling = { id: GroupBuyId; key: string; actorId: MemberId | null; atMs: number }

/**
 * Puts how a group buy stands into the outbox, in the batch of what changed it and behind that. It is read from the row itself, since the
 * claims' flush writes over whatever version it finds: the newest version told is how the row really is. The same `key` again tells nothing.
 */
const putSnapshot = (
  db: D1Database,
  type: 'group_buy.opened' | 'group_buy.changed',
  { id, key, actorId, atMs }: Telling,
  claimsVersion: number | null,
): D1PreparedStatement => {
  const source = `${id}:snapshot:${key}`
  return db
    .prepare(
      `INSERT OR IGNORE INTO outbox (id, type, event, created_at_ms)
SELECT ?1, ?2, json_object('id', ?1, 'type', ?2, 'v', 1, 'at', CAST(?3 AS INTEGER), 'aggregateId', g.id, 'version', g.version,
  'actorId', ?4, 'requestId', ?5, 'data', ${SNAPSHOT}), ?3
FROM group_buys g JOIN faces f ON f.member_id = g.host_id WHERE g.id = ?6 AND (?7 IS NULL OR g.claims_version = ?7)
RETURNING event AS told`,
    )
    .bind(derivedId('evt', source), type, atMs, actorId, source, id, claimsVersion)
}

/** The first that is told of a group buy. */
export const tellOpened = (db: D1Database, { id, hostId, createdAtMs }: GroupBuyRow): D1PreparedStatement =>
  putSnapshot(db, 'group_buy.opened', { id, key: 'opened', actorId: hostId, atMs: createdAtMs }, null)

/** The row as a change of this version left it. */
export const tellChanged = (
  db: D1Database,
  { id, version }: Pick<GroupBuyRow, 'id' | 'version'>,
  atMs: number,
): D1PreparedStatement =>
  putSnapshot(db, 'group_buy.changed', { id, key: `version:${version}`, actorId: null, atMs }, null)

/** The row as a part of its claims left it; a part that something newer has overtaken tells nothing. */
export const tellStanding = (
  db: D1Database,
  { plan, version }: ClaimsPart,
  atMs: number,
): D1PreparedStatement => {
  const telling = { id: plan.groupBuyId, key: `claims:${version}`, actorId: null, atMs }
  return putSnapshot(db, 'group_buy.changed', telling, version)
}

/** The snapshots a committed batch has told, to be relayed. */
export const toldIn = (results: readonly D1Result[]): MadangEvent[] =>
  results.flatMap((result) => (result.results ?? []).flatMap(toldOf))

function toldOf(row: unknown): MadangEvent[] {
  const told: unknown = typeof row === 'object' && row !== null && 'told' in row ? row.told : undefined
  return typeof told === 'string' ? [MadangEvent.parse(JSON.parse(told))] : []
}
