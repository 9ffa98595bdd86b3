import { ReceiptLink } from '#contracts/coupons'
import type { CampaignId } from '#contracts/ids'
import type { DayFlush } from '#do/coupon-counter/counter.api'
import type { CampaignRow } from './campaign.rules.ts'

export type DayRow = {
  campaignId: CampaignId
  day: string
  closesAtMs: number
  total: number
  issued: number
  head: string
  sealedHead: string | null
  seal: string | null
}

const ROW = `campaign_id AS campaignId, day, closes_at_ms AS closesAtMs, total, issued, head, sealed_head AS sealedHead, seal`

/**
 * A counter's part as rows. Known coupons stay as they are, so that the same part may come again; anything else that does not
 * fit (a place taken by another coupon, one more than there are) aborts the batch, and the counter keeps trying and says so.
 */
export const putPart = (db: D1Database, { plan, issued, head, links }: DayFlush): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO coupons (id, campaign_id, day, sequence, member_id, title, issued_at_ms, expires_at_ms, previous, hash)
SELECT value ->> 'couponId', value ->> 'campaignId', value ->> 'day', value ->> 'sequence', value ->> 'memberId', value ->> 'title',
  value ->> 'atMs', value ->> 'expiresAtMs', value ->> 'previous', value ->> 'hash'
FROM json_each(?) WHERE true ON CONFLICT (id) DO NOTHING`,
    )
    .bind(JSON.stringify(links)),
  db
    .prepare(
      `INSERT INTO campaign_days (campaign_id, day, closes_at_ms, total, issued, head) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (campaign_id, day) DO UPDATE SET issued = excluded.issued, head = excluded.head
WHERE excluded.issued > campaign_days.issued`,
    )
    .bind(plan.campaignId, plan.day, plan.closesAtMs, plan.total, issued, head),
]

export const readDay = (db: D1Database, campaignId: CampaignId, day: string): Promise<DayRow | null> =>
  db
    .prepare(`SELECT ${ROW} FROM campaign_days WHERE campaign_id = ? AND day = ?`)
    .bind(campaignId, day)
    .first()

/** How many were given out on one day of each campaign; none where nothing came home. */
export async function readIssued(
  db: D1Database,
  days: { campaignId: CampaignId; day: string }[],
): Promise<Map<CampaignId, number>> {
  if (days.length === 0) return new Map()
  const { results } = await db
    .prepare(
      `SELECT d.campaign_id AS campaignId, d.issued FROM json_each(?) AS asked JOIN campaign_days d
ON d.campaign_id = asked.value ->> 'campaignId' AND d.day = asked.value ->> 'day'`,
    )
    .bind(JSON.stringify(days))
    .all<{ campaignId: CampaignId; issued: number }>()
  return new Map(results.map(({ campaignId, issued }) => [campaignId, issued]))
}

/** Days that are over and have no seal yet. */
export async function readToSeal(db: D1Database, atMs: number, limit: number): Promise<DayRow[]> {
  const query = `SELECT ${ROW} FROM campaign_days WHERE seal IS NULL AND (closes_at_ms <= ? OR issued >= total)
ORDER BY closes_at_ms LIMIT ?`
  return (await db.prepare(query).bind(atMs, limit).all<DayRow>()).results
}

/** Days whose last audit is longest ago. */
export async function readToAudit(db: D1Database, limit: number): Promise<DayRow[]> {
  const query = `SELECT ${ROW} FROM campaign_days ORDER BY audited_at_ms LIMIT ?`
  return (await db.prepare(query).bind(limit).all<DayRow>()).results
}

export const noteAudited = (db: D1Database, { campaignId, day }: DayRow, atMs: number): D1PreparedStatement =>
  db
    .prepare('UPDATE campaign_days SET audited_at_ms = ? WHERE campaign_id = ? AND day = ?')
    .bind(atMs, campaignId, day)

/** Written once; who comes second changes nothing. */
export const putSeal = (
  db: D1Database,
  { campaignId, day }: DayRow,
  head: string,
  seal: string,
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE campaign_days SET sealed_head = ?, seal = ? WHERE campaign_id = ? AND day = ? AND seal IS NULL',
    )
    .bind(head, seal, campaignId, day)

const LinkRows = ReceiptLink.omit({ member: true }).extend({ memberId: ReceiptLink.shape.member }).array()
/** A day's coupons as the projection has them, in their places. */
export async function readProjected(db: D1Database, { campaignId, day }: DayRow) {
  const { results } = await db
    .prepare(
      `SELECT campaign_id AS campaignId, day, sequence, id AS couponId, member_id AS memberId, issued_at_ms AS atMs,
  previous, hash FROM coupons WHERE campaign_id = ? AND day = ? ORDER BY sequence`,
    )
    .bind(campaignId, day)
    .all()
  return LinkRows.parse(results)
}

/** Used coupons of a day that do not name a trade of their own. */
export async function countUsedTwice(db: D1Database, { campaignId, day }: DayRow): Promise<number> {
  const query = `SELECT count(*) - count(DISTINCT trade_id) AS twice FROM coupons
WHERE campaign_id = ? AND day = ? AND state IN ('held', 'used')`
  return (await db.prepare(query).bind(campaignId, day).first<{ twice: number }>())?.twice ?? 0
}

/** Pauses a campaign that the audit found off; null when it is paused or ended already. */
export const pauseForAudit = (db: D1Database, id: CampaignId): Promise<Pick<CampaignRow, 'id'> | null> =>
  db
    .prepare(
      `UPDATE campaigns SET state = 'paused', version = version + 1 WHERE id = ? AND state = 'running' RETURNING id`,
    )
    .bind(id)
    .first()
