import type { MemberId } from '#contracts/ids'
import { townDay } from '#kit/clock'
import { accountOf } from './ledger.store.ts'

export type WalletRow = {
  /** Held money included. */
  balance: number
  held: number
  frozen: 0 | 1
  owed: number
  hasPin: 0 | 1
  /** What was moved in the town's day. */
  charged: number
  transferred: number
  paidOut: number
}

const movedOn = (kind: string) =>
  `coalesce((SELECT total FROM day_totals WHERE member_id = ?2 AND kind = '${kind}' AND day = ?3), 0)`

/** All that a member's wallet shows, as of one moment. A member whose money never moved has no account and an empty wallet. */
export async function readWallet(db: D1Database, memberId: MemberId, atMs: number): Promise<WalletRow> {
  const row = await db
    .prepare(
      `SELECT coalesce(accounts.balance, 0) AS balance, coalesce(accounts.held, 0) AS held,
         accounts.frozen_at_ms IS NOT NULL AS frozen,
         (SELECT coalesce(sum(amount), 0) FROM holds WHERE payee_id = ?2 AND state = 'open') AS owed,
         EXISTS (SELECT 1 FROM pins WHERE member_id = ?2) AS hasPin,
         ${movedOn('charge')} AS charged, ${movedOn('transfer')} AS transferred, ${movedOn('payout')} AS paidOut
       FROM (SELECT 1) LEFT JOIN accounts ON accounts.id = ?1`,
    )
    .bind(accountOf(memberId), memberId, townDay(atMs))
    .first<WalletRow>()
  if (!row) throw new Error('a row that is always there was not')
  return row
}

/** Forgets the sums of days before this one. */
export const sweepDays = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM day_totals WHERE day < ?').bind(townDay(beforeMs))
