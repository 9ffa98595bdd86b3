import type { HoldId, MemberId } from '#contracts/ids'
import type { CauseKind } from '#contracts/payments'
import { type AccountId, accountOf } from './ledger.store.ts'

export type OpenHold = {
  id: HoldId
  accountId: AccountId
  payeeId: MemberId | null
  amount: number
  causeKind: CauseKind
  causeId: string
  title: string | null
  url: string | null
  nextAtMs: number | null
  atMs: number
}
const COLUMNS = `id, account_id AS accountId, payee_id AS payeeId, amount, cause_kind AS causeKind, cause_id AS causeId, title, url,
  next_at_ms AS nextAtMs, at_ms AS atMs`

/** What of a member's money is put aside for others, the newest first; pay-outs are told by their own rows. */
export const readHeld = async (db: D1Database, memberId: MemberId, limit: number): Promise<OpenHold[]> =>
  (
    await db
      .prepare(
        `SELECT ${COLUMNS} FROM holds WHERE account_id = ? AND state = 'open' AND cause_kind <> 'payout'
         ORDER BY at_ms DESC LIMIT ?`,
      )
      .bind(accountOf(memberId), limit)
      .all<OpenHold>()
  ).results

/** What others have put aside for a member, the newest first. */
export const readOwed = async (db: D1Database, memberId: MemberId, limit: number): Promise<OpenHold[]> =>
  (
    await db
      .prepare(
        `SELECT ${COLUMNS} FROM holds WHERE payee_id = ? AND state = 'open' ORDER BY at_ms DESC LIMIT ?`,
      )
      .bind(memberId, limit)
      .all<OpenHold>()
  ).results
