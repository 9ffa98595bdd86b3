import type { ChargeId, MemberId, TransferId } from '#contracts/ids'
import type { ChargeState } from './charge.rules.ts'
import type { Finding } from './incident.store.ts'
import { accountOf, platformAccount } from './ledger.rules.ts'
import type { ProviderPayment } from './provider.ts'

export type ClearedCharge = {
  id: ChargeId
  memberId: MemberId
  state: ChargeState
  amount: number
  takenBackAtMs: number | null
}

/** What is to be done where our row and the provider's record of a payment differ. */
export type Comparison = { kind: 'agree' } | { kind: 'follow' } | { kind: 'report'; finding: Finding }

const AGREE: Comparison = { kind: 'agree' }
const FOLLOW: Comparison = { kind: 'follow' }

/** A record of the provider beside our row. What only has not been heard yet is followed; what cannot be is reported. */
export function compare(charge: ClearedCharge | undefined, payment: ProviderPayment): Comparison {
  const isPaid = payment.status === 'paid'
  if (charge === undefined)
    return isPaid
      ? { kind: 'report', finding: unfounded(payment.id, payment.total, 'nobody here asked for it', null) }
      : AGREE
  const isCredited = charge.state === 'paid' && charge.takenBackAtMs === null
  switch (payment.status) {
    case 'paid':
      return isCredited ? AGREE : FOLLOW
    case 'cancelled':
    case 'partly_cancelled':
      return isCredited ? FOLLOW : AGREE
    case 'waiting':
    case 'failed':
      return isCredited
        ? {
            kind: 'report',
            finding: unfounded(charge.id, -charge.amount, 'it was credited, and never paid', charge.memberId),
          }
        : AGREE
  }
}

const unfounded = (
  aggregate: string,
  difference: number,
  what: string,
  memberId: MemberId | null,
): Finding => ({
  key: `provider_clearing_matches:${aggregate}:${difference}`,
  invariant: 'provider_clearing_matches',
  aggregate,
  difference,
  explanation: `The provider's record of this payment and our books differ by ${difference} KRW: ${what}.`,
  proposal:
    memberId === null
      ? null
      : {
          from: accountOf(memberId),
          to: platformAccount('provider'),
          amount: Math.abs(difference),
          reason: 'takes back what was credited and never paid',
        },
  freezes: memberId === null ? null : accountOf(memberId),
})

/** A settled top-up or pay-out and what the ledger booked for it; `booked` is null when it booked nothing, `due` when nothing was due. */
export type Unbooked = {
  kind: 'charge' | 'payout'
  id: string
  memberId: MemberId
  due: number | null
  booked: number | null
  transferId: TransferId | null
}

/** A top-up or pay-out that is settled without its transfer, or a transfer without its settlement. */
export function clearingFinding({ kind, id, memberId, due, booked, transferId }: Unbooked): Finding {
  const invariant = kind === 'charge' ? 'provider_clearing_matches' : 'bank_clearing_matches'
  const outside = platformAccount(kind === 'charge' ? 'provider' : 'bank')
  const member = accountOf(memberId)
  const missing = (due ?? 0) - (booked ?? 0)
  const isIntoWallet = (kind === 'charge') === missing > 0
  return {
    key: `${invariant}:${id}:${missing}`,
    invariant,
    aggregate: id,
    difference: missing,
    explanation: `${due ?? 0} KRW were settled for it and ${booked ?? 0} booked (${transferId ?? 'no transfer'}).`,
    proposal: {
      from: isIntoWallet ? outside : member,
      to: isIntoWallet ? member : outside,
      amount: Math.abs(missing),
      reason: `books what ${id} was settled for`,
    },
    freezes: null,
  }
}
