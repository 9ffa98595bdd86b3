import type { Coupon } from '#contracts/coupons'
import type { CampaignId, CouponId, MemberId, TradeId } from '#contracts/ids'
import { runBatch } from '#kit/d1'

export type CouponRow = {
  id: CouponId
  campaignId: CampaignId
  memberId: MemberId
  title: string
  discountKind: 'amount' | 'percent'
  discountAmount: number
  discountPercent: number | null
  minSpend: number
  categories: string
  state: Coupon['state']
  day: string
  sequence: number
  issuedAtMs: number
  expiresAtMs: number
  tradeId: TradeId | null
  discount: number | null
}

const ROW = `c.id, c.campaign_id AS campaignId, c.member_id AS memberId, c.title, p.discount_kind AS discountKind,
  p.discount_amount AS discountAmount, p.discount_percent AS discountPercent, p.min_spend AS minSpend, p.categories,
  c.state, c.day, c.sequence, c.issued_at_ms AS issuedAtMs, c.expires_at_ms AS expiresAtMs, c.trade_id AS tradeId, c.discount`
const FROM = 'FROM coupons c JOIN campaigns p ON p.id = c.campaign_id'

export const readCoupon = (db: D1Database, id: CouponId): Promise<CouponRow | null> =>
  db.prepare(`SELECT ${ROW} ${FROM} WHERE c.id = ?`).bind(id).first()

/** One that is past its time is expired, also before the tick has written it down. */
const WHICH = {
  ready: "((c.state = 'usable' AND c.expires_at_ms > ?1) OR c.state = 'held')",
  usable: "(c.state = 'usable' AND c.expires_at_ms > ?1)",
  held: "(c.state = 'held' AND ?1 > 0)",
  used: "(c.state = 'used' AND ?1 > 0)",
  expired: "(c.state = 'expired' OR (c.state = 'usable' AND c.expires_at_ms <= ?1))",
} as const
export type Which = keyof typeof WHICH
/** What can still be used: the first to expire first. What is over: the last first. */
const isOver = (which: Which): boolean => which === 'used' || which === 'expired'

/** A member's coupons down one index. */
export async function readMine(
  db: D1Database,
  memberId: MemberId,
  {
    which,
    after,
    limit,
    atMs,
  }: { which: Which; after: (string | number)[] | null; limit: number; atMs: number },
): Promise<CouponRow[]> {
  const [compare, order] = isOver(which) ? ['<', 'DESC'] : ['>', 'ASC']
  const beyond = after === null ? '' : `AND (c.expires_at_ms, c.id) ${compare} (?4, ?5)`
  const { results } = await db
    .prepare(
      `SELECT ${ROW} ${FROM} WHERE c.member_id = ?2 AND ${WHICH[which]} ${beyond}
ORDER BY c.expires_at_ms ${order}, c.id ${order} LIMIT ?3`,
    )
    .bind(atMs, memberId, limit, ...(after ?? []))
    .all<CouponRow>()
  return results
}

/** Puts it aside if it is still usable. `lost`: somebody was faster; `second`: the trade has another coupon, which the index holds. */
export async function holdCoupon(
  db: D1Database,
  id: CouponId,
  hold: { tradeId: TradeId; discount: number; untilMs: number; atMs: number },
): Promise<'held' | 'lost' | 'second'> {
  const outcome = await runBatch(db, [
    db
      .prepare(
        `UPDATE coupons SET state = 'held', trade_id = ?, discount = CAST(? AS INTEGER), held_until_ms = CAST(? AS INTEGER)
WHERE id = ? AND state = 'usable' AND expires_at_ms > ?`,
      )
      .bind(hold.tradeId, hold.discount, hold.untilMs, id, hold.atMs),
  ])
  if (outcome.kind === 'aborted') return 'second'
  return outcome.results[0]?.meta.changes === 1 ? 'held' : 'lost'
}

/** A trade that asks again for what it holds keeps it at least as long. */
export const prolongHold = (db: D1Database, id: CouponId, tradeId: TradeId, untilMs: number) =>
  db
    .prepare(
      `UPDATE coupons SET held_until_ms = max(held_until_ms, CAST(? AS INTEGER))
WHERE id = ? AND trade_id = ? AND state = 'held'`,
    )
    .bind(untilMs, id, tradeId)
    .run()

export const redeemCoupon = (db: D1Database, id: CouponId, tradeId: TradeId, atMs: number) =>
  db
    .prepare(
      `UPDATE coupons SET state = 'used', used_at_ms = ?, held_until_ms = NULL
WHERE id = ? AND trade_id = ? AND state = 'held'`,
    )
    .bind(atMs, id, tradeId)
    .run()

const GIVEN_BACK = `state = CASE WHEN expires_at_ms > ?1 THEN 'usable' ELSE 'expired' END,
  trade_id = NULL, discount = NULL, held_until_ms = NULL`

export const releaseCoupon = (db: D1Database, id: CouponId, tradeId: TradeId, atMs: number) =>
  db
    .prepare(`UPDATE coupons SET ${GIVEN_BACK} WHERE id = ?2 AND trade_id = ?3 AND state = 'held'`)
    .bind(atMs, id, tradeId)
    .run()

/** What dead trades held comes back. */
export const releaseLapsed = (db: D1Database, atMs: number): D1PreparedStatement =>
  db.prepare(`UPDATE coupons SET ${GIVEN_BACK} WHERE state = 'held' AND held_until_ms <= ?1`).bind(atMs)

export const expirePast = (db: D1Database, atMs: number): D1PreparedStatement =>
  db.prepare("UPDATE coupons SET state = 'expired' WHERE state = 'usable' AND expires_at_ms <= ?").bind(atMs)

/** A leaver's: what can be used ends now; what a purchase holds ends when that purchase gives it back. */
export const expireOfMember = (db: D1Database, memberId: MemberId, atMs: number): D1PreparedStatement[] => [
  db.prepare("UPDATE coupons SET state = 'expired' WHERE member_id = ? AND state = 'usable'").bind(memberId),
  db
    .prepare(
      "UPDATE coupons SET expires_at_ms = min(expires_at_ms, ?) WHERE member_id = ? AND state = 'held'",
    )
    .bind(atMs, memberId),
]

export type Expiring = Pick<CouponRow, 'id' | 'campaignId' | 'memberId' | 'title' | 'expiresAtMs'>
/** Usable ones that end soon, were good for longer than that, and whose member was not told. */
export async function readExpiring(
  db: D1Database,
  atMs: number,
  soonMs: number,
  limit: number,
): Promise<Expiring[]> {
  const { results } = await db
    .prepare(
      `SELECT id, campaign_id AS campaignId, member_id AS memberId, title, expires_at_ms AS expiresAtMs FROM coupons
WHERE state = 'usable' AND reminded = 0 AND expires_at_ms > ?1 AND expires_at_ms <= ?1 + ?2
  AND expires_at_ms - issued_at_ms > ?2 ORDER BY expires_at_ms LIMIT ?3`,
    )
    .bind(atMs, soonMs, limit)
    .all<Expiring>()
  return results
}

export const noteReminded = (db: D1Database, ids: CouponId[]): D1PreparedStatement =>
  db
    .prepare('UPDATE coupons SET reminded = 1 WHERE id IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(ids))
