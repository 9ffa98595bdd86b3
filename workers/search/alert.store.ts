import { z } from 'zod'
import type { EventOf } from '#contracts/events'
import { AlertId, MemberId } from '#contracts/ids'
import { Category } from '#contracts/listings'
import { ALERTS_PER_MEMBER_MAX } from '#contracts/search'
import type { Gram, Wish } from './alert.rules.ts'

const AlertRow = z.object({
  seq: z.int(),
  id: AlertId,
  memberId: MemberId,
  q: z.string(),
  category: Category.nullable(),
  minPrice: z.int().nullable(),
  maxPrice: z.int().nullable(),
  lat: z.number().nullable(),
  lng: z.number().nullable(),
  radiusKm: z.number().nullable(),
  createdAtMs: z.int(),
})
export type AlertRow = z.infer<typeof AlertRow>

const COLUMNS = `a.seq, a.id, a.member_id AS memberId, a.q, a.category, a.min_price AS minPrice, a.max_price AS maxPrice,
  a.lat, a.lng, a.radius_km AS radiusKm, a.created_at_ms AS createdAtMs`

/** All alerts of a member, the latest first; the limit of saving is the bound. */
export async function alertsOf(db: D1Database, memberId: MemberId): Promise<AlertRow[]> {
  const rows = await db
    .prepare(`SELECT ${COLUMNS} FROM alerts a WHERE a.member_id = ? ORDER BY a.seq DESC LIMIT ?`)
    .bind(memberId, ALERTS_PER_MEMBER_MAX)
    .all()
  return z.array(AlertRow).parse(rows.results)
}

/** A member's alert of this content. */
export async function alertAlike(db: D1Database, memberId: MemberId, content: string) {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM alerts a WHERE a.member_id = ? AND a.content = ?`)
    .bind(memberId, content)
    .first()
  return row === null ? null : AlertRow.parse(row)
}

/** Beyond this many hits a token is common, however many more there are. */
const GRAM_HITS_MAX = 1_000
const GramRow = z.object({ gram: z.string() })

/** Of these tokens the one that the fewest listings have. */
export async function rarestGram(db: D1Database, grams: readonly Gram[]): Promise<string> {
  const row = await db
    .prepare(
      `SELECT value ->> 'gram' AS gram FROM json_each(?1) ORDER BY
         (SELECT count(*) FROM (SELECT 1 FROM grams WHERE grams MATCH value ->> 'match' LIMIT ?2)) LIMIT 1`,
    )
    .bind(JSON.stringify(grams), GRAM_HITS_MAX)
    .first()
  return GramRow.parse(row).gram
}

export type NewAlert = Omit<AlertRow, 'seq' | 'lat' | 'lng' | 'radiusKm'> & {
  content: string
  gram: string
  place: Wish['place']
}

/** Changes no row when the member has as many as allowed or has left; breaks `alerts.member_id` when there is one alike. */
export const insertAlert = (db: D1Database, alert: NewAlert): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO alerts (id, member_id, content, gram, q, category, min_price, max_price, lat, lng, radius_km, created_at_ms)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
       WHERE (SELECT count(*) FROM alerts WHERE member_id = ?2) < ?13
         AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE member_id = ?2)`,
    )
    .bind(
      alert.id,
      alert.memberId,
      alert.content,
      alert.gram,
      alert.q,
      alert.category,
      alert.minPrice,
      alert.maxPrice,
      alert.place?.lat ?? null,
      alert.place?.lng ?? null,
      alert.place?.radiusKm ?? null,
      alert.createdAtMs,
      ALERTS_PER_MEMBER_MAX,
    )

/** Removes one alert of its member and what it told; false when the member has no such alert. */
export async function deleteAlert(db: D1Database, memberId: MemberId, id: AlertId): Promise<boolean> {
  const [, gone] = await db.batch([
    db
      .prepare(
        'DELETE FROM alert_matches WHERE alert_id = (SELECT id FROM alerts WHERE id = ? AND member_id = ?)',
      )
      .bind(id, memberId),
    db.prepare('DELETE FROM alerts WHERE id = ? AND member_id = ?').bind(id, memberId),
  ])
  return gone?.meta.changes === 1
}

/** A member is gone: so are their alerts, and a token that still lives makes no new one. Twice is as once. */
export const dropMember = (db: D1Database, memberId: MemberId, atMs: number): D1PreparedStatement[] => [
  db.prepare('INSERT OR IGNORE INTO withdrawn (member_id, at_ms) VALUES (?, ?)').bind(memberId, atMs),
  db
    .prepare('DELETE FROM alert_matches WHERE alert_id IN (SELECT id FROM alerts WHERE member_id = ?)')
    .bind(memberId),
  db.prepare('DELETE FROM alerts WHERE member_id = ?').bind(memberId),
]

/** Forgets who left before `beforeMs`: by then no token of theirs lives. */
export const sweepWithdrawn = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM withdrawn WHERE at_ms < ?').bind(beforeMs)

export type Asked = {
  grams: readonly string[]
  sellerId: MemberId
  category: Category
  price: number
  /** Alerts whose price range held this already were told before. */
  beforePrice: number | null
}

/**
 * Alerts that wait on one of these tokens and would take the price and category, in the order they were made, behind `afterSeq`.
 * Each alert waits on one token, so it comes once.
 */
export const candidates = (db: D1Database, asked: Asked, afterSeq: number, limit: number) =>
  db
    .prepare(
      `SELECT ${COLUMNS} FROM json_each(?1) g CROSS JOIN alerts a INDEXED BY alerts_gram
         ON a.gram = g.value AND a.seq > ?2
       WHERE a.member_id <> ?3 AND (a.category IS NULL OR a.category = ?4)
         AND (a.min_price IS NULL OR a.min_price <= ?5) AND (a.max_price IS NULL OR a.max_price >= ?5)
         AND (?6 IS NULL OR a.max_price < ?6)
       ORDER BY a.seq LIMIT ?7`,
    )
    .bind(
      JSON.stringify(asked.grams),
      afterSeq,
      asked.sellerId,
      asked.category,
      asked.price,
      asked.beforePrice,
      limit,
    )

export const alertRows = (results: unknown[]): AlertRow[] => z.array(AlertRow).parse(results)

type ListingEvent = EventOf<'listing.posted' | 'listing.changed'>
type Matched = EventOf<'alert.matched'>

/**
 * Tells these matches, each once a listing: what was told before, or whose alert went meanwhile, puts nothing into the outbox.
 * `heardId` asks that this very fact is the newest of its listing; without it, that the listing is still there.
 */
export function tellMatches(
  db: D1Database,
  listingId: string,
  heardId: string | null,
  matches: readonly Matched[],
): D1PreparedStatement[] {
  if (matches.length === 0) return []
  const told = JSON.stringify(matches)
  return [
    db
      .prepare(
        `INSERT INTO alert_matches (listing_id, alert_id, event_id)
         SELECT ?1, a.id, m.value ->> 'id' FROM json_each(?3) m CROSS JOIN alerts a ON a.id = m.value ->> '$.data.alertId'
         WHERE EXISTS (SELECT 1 FROM known WHERE listing_id = ?1 AND gone_at_ms IS NULL AND (?2 IS NULL OR heard_id = ?2))
         ON CONFLICT (listing_id, alert_id) DO NOTHING`,
      )
      .bind(listingId, heardId, told),
    db
      .prepare(
        `INSERT INTO outbox (id, type, event, created_at_ms)
         SELECT t.event_id, 'alert.matched', m.value, m.value ->> 'at' FROM json_each(?2) m CROSS JOIN alert_matches t
           ON t.listing_id = ?1 AND t.alert_id = m.value ->> '$.data.alertId' AND t.event_id = m.value ->> 'id'`,
      )
      .bind(listingId, told),
  ]
}

/** Notes that more alerts are to be looked at than one batch tells. */
export const putScan = (
  db: D1Database,
  event: ListingEvent,
  beforePrice: number | null,
  afterSeq: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO alert_scans (event_id, event, before_price, after_seq)
       SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM known WHERE listing_id = ?5 AND heard_id = ?1)`,
    )
    .bind(event.id, JSON.stringify(event), beforePrice, afterSeq, event.data.id)

/** Two that go on with one scan at a time look twice and tell once. */
export const moveScan = (db: D1Database, eventId: string, afterSeq: number | null): D1PreparedStatement =>
  afterSeq === null
    ? db.prepare('DELETE FROM alert_scans WHERE event_id = ?').bind(eventId)
    : db
        .prepare('UPDATE alert_scans SET after_seq = max(after_seq, ?) WHERE event_id = ?')
        .bind(afterSeq, eventId)

const ScanRow = z.object({ event: z.string(), beforePrice: z.int().nullable(), afterSeq: z.int() })
export type ScanRow = z.infer<typeof ScanRow>
const SCAN = 'SELECT event, before_price AS beforePrice, after_seq AS afterSeq FROM alert_scans'

export async function scans(db: D1Database, limit: number): Promise<ScanRow[]> {
  const rows = await db.prepare(`${SCAN} ORDER BY event_id LIMIT ?`).bind(limit).all()
  return z.array(ScanRow).parse(rows.results)
}

export async function scanOf(db: D1Database, eventId: string): Promise<ScanRow | null> {
  const row = await db.prepare(`${SCAN} WHERE event_id = ?`).bind(eventId).first()
  return row === null ? null : ScanRow.parse(row)
}

const OutboxRow = z.object({ event: z.string() })

/** Of these facts the ones that were put into the outbox. */
export async function committed(db: D1Database, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .prepare('SELECT event FROM outbox WHERE id IN (SELECT value FROM json_each(?)) AND sent_at_ms IS NULL')
    .bind(JSON.stringify(ids))
    .all()
  return z
    .array(OutboxRow)
    .parse(rows.results)
    .map(({ event }) => event)
}

/** A listing is gone: so is what was told of it. The tombstone in `known` keeps it from being told again. */
export const forgetMatches = (db: D1Database, listingId: string): D1PreparedStatement =>
  db.prepare('DELETE FROM alert_matches WHERE listing_id = ?').bind(listingId)

const HeardRow = z.object({ version: z.number() })

/** Whether anything was heard of this listing's own state. */
export async function isKnown(db: D1Database, listingId: string): Promise<boolean> {
  const row = await db.prepare('SELECT version FROM known WHERE listing_id = ?').bind(listingId).first()
  return row !== null && HeardRow.parse(row).version > 0
}
