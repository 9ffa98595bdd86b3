import type { PlatformAccount } from '#contracts/payments'

export type BooksRow = {
  wallets: number
  balance: number
  held: number
  openHolds: number
  openAmount: number
  openIncidents: number
  /** When the part that waits longest was last gone through; null while one never was. */
  auditedAtMs: number | null
}

/** What the books come to, as of one moment. */
export async function readBooks(db: D1Database, parts: number): Promise<BooksRow> {
  const row = await db
    .prepare(
      `SELECT members.*, open.*, (SELECT count(*) FROM incidents WHERE state = 'open') AS openIncidents,
         (SELECT iif(count(whole_at_ms) >= ?, min(whole_at_ms), NULL) FROM audit_cursors) AS auditedAtMs
       FROM (SELECT count(*) AS wallets, coalesce(sum(balance), 0) AS balance, coalesce(sum(held), 0) AS held
             FROM accounts WHERE id > 'member:' AND id < 'member;') AS members,
         (SELECT count(*) AS openHolds, coalesce(sum(amount), 0) AS openAmount FROM holds WHERE state = 'open') AS open`,
    )
    .bind(parts)
    .first<BooksRow>()
  if (!row) throw new Error('a row that is always there was not')
  return row
}

/** The platform's own accounts. */
export async function readPlatformAccounts(
  db: D1Database,
): Promise<{ account: PlatformAccount; balance: number; held: number }[]> {
  const { results } = await db
    .prepare(
      "SELECT owner AS account, balance, held FROM accounts WHERE id > 'platform:' AND id < 'platform;' ORDER BY id",
    )
    .all<{ account: PlatformAccount; balance: number; held: number }>()
  return results
}
