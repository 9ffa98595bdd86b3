import type { ChargeId, MemberId } from '#contracts/ids'
import type { CHARGE_STATES, Charge } from '#contracts/payments'
import { toIso } from '#kit/clock'
import type { ProviderPayment } from './provider.ts'

export type ChargeState = (typeof CHARGE_STATES)[number]
export type ChargeRow = {
  id: ChargeId
  memberId: MemberId
  amount: number
  state: ChargeState
  version: number
  checkoutUrl: string
  expiresAtMs: number
  paidAtMs: number | null
  takenBackAtMs: number | null
  askAtMs: number | null
  atMs: number
}

/** What is to be done about a top-up, given how the payment stands at the provider. */
export type Verdict =
  | { kind: 'wait' }
  | { kind: 'credit' }
  | { kind: 'decline' }
  | { kind: 'expire' }
  /** Another amount, currency or shop than was asked for; nothing is credited. */
  | { kind: 'mismatch'; difference: number; explanation: string }
  /** Paid, but nobody is credited any more: the payer gets it back. */
  | { kind: 'return' }
  /** Credited, and cancelled at the provider since. */
  | { kind: 'take_back' }
  /** Credited, and partly cancelled since: for an operator to look at. */
  | { kind: 'report'; difference: number; explanation: string }
  | { kind: 'close' }

/** Asked of each word of the provider, whoever brought it: the same words in any order end the same. */
export function verdictOf(
  charge: ChargeRow,
  seen: ProviderPayment | null,
  storeId: string,
  atMs: number,
): Verdict {
  switch (charge.state) {
    case 'pending':
    case 'declined':
      return verdictOfOpen(charge, seen, storeId, atMs)
    case 'paid':
      return verdictOfPaid(charge, seen)
    case 'expired':
    case 'mismatched':
      if (seen?.status === 'paid' || seen?.status === 'partly_cancelled') return { kind: 'return' }
      return charge.askAtMs !== null && (seen?.status === 'cancelled' || atMs >= charge.askAtMs)
        ? { kind: 'close' }
        : { kind: 'wait' }
  }
}

function verdictOfOpen(
  charge: ChargeRow,
  seen: ProviderPayment | null,
  storeId: string,
  atMs: number,
): Verdict {
  const isPending = charge.state === 'pending'
  switch (seen?.status) {
    case undefined:
    case 'waiting':
      return isPending && atMs >= charge.expiresAtMs ? { kind: 'expire' } : { kind: 'wait' }
    case 'failed':
    case 'cancelled':
      return isPending ? { kind: 'decline' } : { kind: 'wait' }
    case 'paid':
    case 'partly_cancelled':
      // A payer may try another card after a refusal: what was paid in the end is credited.
      return fits(charge, seen, storeId) ? { kind: 'credit' } : mismatch(charge, seen)
  }
}

const fits = (charge: ChargeRow, seen: ProviderPayment, storeId: string): boolean =>
  seen.status === 'paid' &&
  seen.id === charge.id &&
  seen.storeId === storeId &&
  seen.currency === 'KRW' &&
  seen.total === charge.amount

const mismatch = (charge: ChargeRow, { total, currency, storeId, status }: ProviderPayment): Verdict => ({
  kind: 'mismatch',
  difference: total - charge.amount,
  explanation: `asked for ${charge.amount} KRW; the provider reports ${total} ${currency} (${status}) at ${storeId}`,
})

function verdictOfPaid(charge: ChargeRow, seen: ProviderPayment | null): Verdict {
  if (charge.takenBackAtMs !== null) return { kind: 'wait' }
  if (seen?.status === 'cancelled') return { kind: 'take_back' }
  if (seen?.status !== 'partly_cancelled') return { kind: 'wait' }
  const explanation = `${charge.amount} KRW were credited; ${seen.cancelled} of them were cancelled at the provider`
  return { kind: 'report', difference: seen.cancelled, explanation }
}

/** The top-up as its member sees it. */
export const chargeOf = (row: ChargeRow): Charge => ({
  id: row.id,
  amount: row.amount,
  currency: 'KRW',
  state: row.state,
  checkoutUrl: row.state === 'pending' ? row.checkoutUrl : null,
  expiresAt: toIso(row.expiresAtMs),
  paidAt: row.paidAtMs === null ? null : toIso(row.paidAtMs),
  at: toIso(row.atMs),
})
