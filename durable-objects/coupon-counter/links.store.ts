import type { CampaignId, CouponId, MemberId } from '#contracts/ids'
import type { DayPlan, IssuedLink } from './counter.api.ts'

/**
 * Links are never changed: what was given out stays given out, in the place it has. That no two follow the same one is what keeps the chain
 * one: a hash has no index of its own, since it is the `previous` of the next.
 */
export function makeTables(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS plan (
    id INTEGER PRIMARY KEY CHECK (id = 1), plan TEXT NOT NULL, flushed_to INTEGER NOT NULL CHECK (flushed_to >= 0)) STRICT`)
  sql.exec(`CREATE TABLE IF NOT EXISTS links (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    coupon_id TEXT NOT NULL UNIQUE,
    member_id TEXT NOT NULL,
    member TEXT NOT NULL,
    title TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > at_ms),
    previous TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL) STRICT`)
  sql.exec(`CREATE TABLE IF NOT EXISTS keys (
    member_id TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL REFERENCES links (sequence),
    PRIMARY KEY (member_id, key)) STRICT, WITHOUT ROWID`)
}

type LinkRow = {
  sequence: number
  coupon_id: CouponId
  member_id: MemberId
  member: string
  title: string
  at_ms: number
  expires_at_ms: number
  previous: string
  hash: string
}

/** The rows of one day. */
export class LinksStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  plan(): { plan: DayPlan; flushedTo: number } | null {
    const row = this.#sql
      .exec<{ plan: string; flushed_to: number }>('SELECT plan, flushed_to FROM plan')
      .toArray()[0]
    // Only keepPlan writes this column.
    return row ? { plan: JSON.parse(row.plan) as DayPlan, flushedTo: row.flushed_to } : null
  }

  keepPlan(plan: DayPlan): void {
    this.#sql.exec(
      `INSERT INTO plan (id, plan, flushed_to) VALUES (1, ?, 0) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan`,
      JSON.stringify(plan),
    )
  }

  noteFlushed(sequence: number): void {
    this.#sql.exec('UPDATE plan SET flushed_to = max(flushed_to, ?)', sequence)
  }

  /** How many each winner has. */
  winners(): Map<MemberId, number> {
    const rows = this.#sql.exec<{ member_id: MemberId; count: number }>(
      'SELECT member_id, count(*) AS count FROM links GROUP BY member_id',
    )
    return new Map(rows.toArray().map(({ member_id, count }) => [member_id, count]))
  }

  end(): { issued: number; head: string } | null {
    const row = this.#sql
      .exec<{ sequence: number; hash: string }>(
        'SELECT sequence, hash FROM links ORDER BY sequence DESC LIMIT 1',
      )
      .toArray()[0]
    return row ? { issued: row.sequence, head: row.hash } : null
  }

  add(link: IssuedLink): void {
    this.#sql.exec(
      `INSERT INTO links (sequence, coupon_id, member_id, member, title, at_ms, expires_at_ms, previous, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      link.sequence,
      link.couponId,
      link.memberId,
      link.member,
      link.title,
      link.atMs,
      link.expiresAtMs,
      link.previous,
      link.hash,
    )
  }

  /** Beside the link the key it was asked for under: together in the caller's transaction. */
  addUnder(key: string, link: IssuedLink): void {
    this.add(link)
    this.#sql.exec(
      'INSERT INTO keys (member_id, key, sequence) VALUES (?, ?, ?)',
      link.memberId,
      key,
      link.sequence,
    )
  }

  /** What the member was answered under this key. */
  byKey(memberId: MemberId, key: string, of: { campaignId: CampaignId; day: string }): IssuedLink | null {
    const row = this.#sql
      .exec<LinkRow>(
        'SELECT l.* FROM keys k JOIN links l ON l.sequence = k.sequence WHERE k.member_id = ? AND k.key = ?',
        memberId,
        key,
      )
      .toArray()[0]
    return row ? linkOf(row, of) : null
  }

  from(sequence: number, limit: number, of: { campaignId: CampaignId; day: string }): IssuedLink[] {
    return this.#sql
      .exec<LinkRow>('SELECT * FROM links WHERE sequence >= ? ORDER BY sequence LIMIT ?', sequence, limit)
      .toArray()
      .map((row) => linkOf(row, of))
  }
}

const linkOf = (row: LinkRow, { campaignId, day }: { campaignId: CampaignId; day: string }): IssuedLink => ({
  campaignId,
  day,
  sequence: row.sequence,
  couponId: row.coupon_id,
  member: row.member,
  atMs: row.at_ms,
  previous: row.previous,
  hash: row.hash,
  memberId: row.member_id,
  title: row.title,
  expiresAtMs: row.expires_at_ms,
})
