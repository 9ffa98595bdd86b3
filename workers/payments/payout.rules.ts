import type { HoldId, MemberId, PayoutId } from '#contracts/ids'
import type { BankAccount, PAYOUT_STATES, Payout } from '#contracts/payments'
import { HOUR_MS, MINUTE_MS, SECOND_MS, toIso } from '#kit/clock'

export type PayoutState = (typeof PAYOUT_STATES)[number]
export type PayoutRow = {
  id: PayoutId
  memberId: MemberId
  holdId: HoldId
  amount: number
  state: PayoutState
  version: number
  bank: BankAccount['bank']
  numberEnd: string
  sealed: string | null
  bankId: string | null
  failure: string | null
  askAtMs: number | null
  atMs: number
  settledAtMs: number | null
}

const SOON_MS = SECOND_MS
const ASKED_OFTEN_FOR_MS = 10 * MINUTE_MS

/** When to look at an open pay-out next: at every tick and whenever its member looks while it is fresh, then less and less often, at least every hour. */
export function nextAskAtMs(row: Pick<PayoutRow, 'atMs'>, nowMs: number): number {
  const age = nowMs - row.atMs
  return nowMs + (age < ASKED_OFTEN_FOR_MS ? SOON_MS : Math.min(HOUR_MS, Math.floor(age / 4)))
}

/** The row once the bank has paid, or refused to: nothing of the account is kept but what its owner recognises it by. */
export const settled = (
  row: PayoutRow,
  atMs: number,
  bankId: string | null,
  failure: string | null,
): PayoutRow => ({
  ...row,
  state: failure === null ? 'paid' : 'failed',
  version: row.version + 1,
  sealed: null,
  bankId,
  failure,
  askAtMs: null,
  settledAtMs: atMs,
})

/** The pay-out as its member sees it. */
export const payoutOf = (row: PayoutRow): Payout => ({
  id: row.id,
  amount: row.amount,
  currency: 'KRW',
  state: row.state,
  bank: row.bank,
  numberEnd: row.numberEnd,
  failure: row.failure,
  at: toIso(row.atMs),
})
