import type { Dispute, Escrow, Refund } from '#contracts/trades'
import { toIso } from '#kit/clock'
import type { Escrowed, Standing } from './escrow.rules.ts'
import type { Side } from './trade.rules.ts'

const disputeOf = ({ dispute }: Escrowed): Dispute | null =>
  dispute && {
    openedBy: dispute.openedBy,
    reason: dispute.reason,
    text: dispute.text,
    openedAt: toIso(dispute.openedAtMs),
    decision: dispute.decision && {
      refund: dispute.decision.refund,
      reason: dispute.decision.reason,
      at: toIso(dispute.decision.atMs),
    },
  }

/** Refunds whose money has moved, or moves with the release; one that payments has not answered is not shown yet. */
const refundsOf = ({ refunds }: Escrowed): Refund[] =>
  refunds
    .filter(({ done }) => done === 1)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ id, amount, by, reason, atMs }) => ({ id, amount, by, reason, at: toIso(atMs) }))

/** The money of a trade as a side or an operator sees it. The code is the buyer's alone, while it opens anything. */
export function escrowView({ state, escrow }: Standing, viewer: Side | 'operator'): Escrow {
  const waits = state === 'paid' && escrow.intent === null
  const { paid, discount, refunded, couponId, couponTitle, releaseAtMs, ended } = escrow
  return {
    paid,
    discount,
    coupon: couponId === null || couponTitle === null ? null : { id: couponId, title: couponTitle },
    refunded,
    refunds: refundsOf(escrow),
    releaseAt: waits && releaseAtMs !== null ? toIso(releaseAtMs) : null,
    handoverCode: waits && viewer === 'buyer' ? escrow.handoverCode : null,
    dispute: disputeOf(escrow),
    ended,
  }
}
