import type { CampaignFigures, OpenCampaign } from '#contracts/coupons'
import type { CampaignId, MemberId } from '#contracts/ids'
import type { CampaignRow } from './campaign.rules.ts'

const ROW = `id, title, description, discount_kind AS discountKind, discount_amount AS discountAmount,
  discount_percent AS discountPercent, min_spend AS minSpend, categories, total, per_member_a_day AS perMemberADay,
  per_member_in_all AS perMemberInAll, rhythm, valid_for_days AS validForDays, state, version`

export const readCampaign = (db: D1Database, id: CampaignId): Promise<CampaignRow | null> =>
  db.prepare(`SELECT ${ROW} FROM campaigns WHERE id = ?`).bind(id).first()

/** Those that end last; what has been over longest drops off the end. */
export async function readCampaigns(db: D1Database, limit: number): Promise<CampaignRow[]> {
  const query = `SELECT ${ROW} FROM campaigns ORDER BY ends_at_ms DESC, id LIMIT ?`
  return (await db.prepare(query).bind(limit).all<CampaignRow>()).results
}

/** Those whose last day closes after a moment. */
export async function readLiveCampaigns(
  db: D1Database,
  sinceMs: number,
  limit: number,
): Promise<CampaignRow[]> {
  const query = `SELECT ${ROW} FROM campaigns WHERE ends_at_ms > ? ORDER BY ends_at_ms DESC, id LIMIT ?`
  return (await db.prepare(query).bind(sinceMs, limit).all<CampaignRow>()).results
}

export function insertCampaign(
  db: D1Database,
  id: CampaignId,
  asked: OpenCampaign,
  made: { by: MemberId; atMs: number; endsAtMs: number },
): D1PreparedStatement {
  const { discount } = asked
  return db
    .prepare(
      `INSERT INTO campaigns (id, title, description, discount_kind, discount_amount, discount_percent, min_spend, categories,
  total, per_member_a_day, per_member_in_all, rhythm, valid_for_days, state, version, ends_at_ms, created_by, created_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 1, ?, ?, ?)`,
    )
    .bind(
      id,
      asked.title,
      asked.description ?? null,
      discount.kind,
      discount.kind === 'amount' ? discount.amount : discount.cap,
      discount.kind === 'amount' ? null : discount.percent,
      asked.minSpend,
      JSON.stringify(asked.categories),
      asked.total,
      asked.perMemberADay,
      asked.perMemberInAll,
      JSON.stringify(asked.rhythm),
      asked.validForDays,
      made.endsAtMs,
      made.by,
      made.atMs,
    )
}

/** Changes what is given; null when it has ended meanwhile or is not there. */
export const updateCampaign = (
  db: D1Database,
  id: CampaignId,
  edit: { title?: string | undefined; description?: string | undefined; state?: string | undefined },
): Promise<CampaignRow | null> =>
  db
    .prepare(
      `UPDATE campaigns SET title = coalesce(?, title), description = coalesce(?, description), state = coalesce(?, state),
  version = version + 1 WHERE id = ? AND (state <> 'ended' OR ? IS NULL OR ? = 'ended') RETURNING ${ROW}`,
    )
    .bind(
      edit.title ?? null,
      edit.description ?? null,
      edit.state ?? null,
      id,
      edit.state ?? null,
      edit.state ?? null,
    )
    .first()

/** Coupons a member got of a campaign on other days than this. */
export async function countEarlier(
  db: D1Database,
  memberId: MemberId,
  campaignId: CampaignId,
  day: string,
): Promise<number> {
  const query = 'SELECT count(*) AS count FROM coupons WHERE member_id = ? AND campaign_id = ? AND day <> ?'
  const row = await db.prepare(query).bind(memberId, campaignId, day).first<{ count: number }>()
  return row?.count ?? 0
}

export async function readFigures(db: D1Database, campaignId: CampaignId): Promise<CampaignFigures> {
  const { results } = await db
    .prepare(
      `SELECT day, count(*) AS issued, sum(state = 'used') AS used, sum(state = 'expired') AS expired,
  max(issued_at_ms) AS lastAtMs, sum(CASE WHEN state = 'used' THEN discount ELSE 0 END) AS discounted
FROM coupons WHERE campaign_id = ? GROUP BY day ORDER BY day`,
    )
    .bind(campaignId)
    .all<CampaignFigures['days'][number] & { discounted: number }>()
  return {
    campaignId,
    days: results.map(({ discounted: _, ...day }) => day),
    discounted: results.reduce((sum, { discounted }) => sum + discounted, 0),
  }
}
