import type { SaleFacts } from '#contracts/listings.api'
import type { Hold, Invariant } from '#contracts/payments'
import type { HoldLine } from '#contracts/payments.api'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import type { Escrowed, Standing } from './escrow.rules.ts'

/** A purchase this long unchanged has come to rest, whoever was still under way with it. */
export const AT_REST_AFTER_MS = 2 * MINUTE_MS
const OFF_AGAIN_MS = MINUTE_MS
const OPEN_AGAIN_MS = HOUR_MS
const ENDED_AGAIN_MS = 7 * DAY_MS

export type Finding = { invariant: Invariant; difference: number; explanation: string }

/** What a part of the price should have come to: still held, or taken from `least` to `most`. */
type Due = HoldLine & { isOpen: boolean; least: number; most: number }

/** What is to be taken of a part once the seller has the money. Without a note of how much, what was given back sets the bounds. */
function takenOf(
  { payer, amount }: HoldLine,
  { taken, refunded }: Escrowed,
): { least: number; most: number } {
  if (payer === 'promotion') return { least: amount, most: amount }
  return { least: taken ?? amount - refunded, most: taken ?? amount }
}

/** What is to be held, taken or given back by now; null while the purchase is moving and nobody can say. */
function duesOf({ state, escrow }: Standing, lines: HoldLine[]): Due[] | null {
  switch (state) {
    case 'pending':
      return null
    case 'paid':
    case 'disputed':
      return escrow.intent === null
        ? lines.map((line) => ({ ...line, isOpen: true, least: 0, most: 0 }))
        : null
    case 'completed':
      return lines.map((line) => ({ ...line, isOpen: false, ...takenOf(line, escrow) }))
    case 'cancelled':
    case 'failed':
      return lines.map((line) => ({ ...line, isOpen: false, least: 0, most: 0 }))
  }
}

/** What a hold stands for: what it keeps aside, or what was taken from it. */
const worthOf = ({ state, amount, posted }: Hold): number => (state === 'open' ? amount : posted)

/** Why a hold is not what its part of the price should have come to; null when it is. */
function faultOf(due: Due, hold: Hold | undefined): string | null {
  const { holdId, payer, amount, isOpen, least, most } = due
  // What nothing was to be taken of may never have been put aside.
  if (hold === undefined)
    return isOpen || least > 0 ? `${amount} of ${payer} (${holdId}) was never held` : null
  if (hold.payer !== payer || hold.amount !== amount)
    return `${holdId} holds ${hold.amount} of ${hold.payer}, not ${amount} of ${payer}`
  if (isOpen) return hold.state === 'open' ? null : `${holdId} should be open and is ${hold.state}`
  if (hold.state === 'open') return `${holdId} should be resolved and is open`
  if (hold.posted >= least && hold.posted <= most) return null
  return `${hold.posted} was taken from ${holdId}, not ${least === most ? most : `${least} to ${most}`}`
}

/** How the row's own sums of what was given back go together. */
function refundFault({
  paid,
  taken,
  refunded,
  refunds,
}: Escrowed): { difference: number; fault: string } | null {
  const given = refunds.reduce((sum, { amount, done }) => sum + (done === 1 ? amount : 0), 0)
  if (given !== refunded)
    return { difference: refunded - given, fault: `${refunded} was given back, by refunds of ${given}` }
  const promised = taken === null ? 0 : paid - taken
  return promised > refunded
    ? { difference: promised - refunded, fault: `${promised} was not taken, but only ${refunded} given back` }
    : null
}

/** Whether the money of a purchase is where its row says; empty when it is, or while it moves. */
export function moneyFindings(trade: Standing, lines: HoldLine[], holds: Hold[]): Finding[] {
  const dues = duesOf(trade, lines)
  if (dues === null) return []
  const byId = new Map(holds.map((hold) => [hold.id, hold]))
  const strays = holds.filter(
    (hold) => !lines.some(({ holdId }) => holdId === hold.id) && worthOf(hold) !== 0,
  )
  const refunds = refundFault(trade.escrow)
  const faults = [
    ...dues.flatMap((due) => faultOf(due, byId.get(due.holdId)) ?? []),
    ...strays.map((hold) => `${hold.id} over ${worthOf(hold)} is none of its own`),
    ...(refunds === null ? [] : [refunds.fault]),
  ]
  if (faults.length === 0) return []
  const found = holds.reduce((sum, hold) => sum + worthOf(hold), 0)
  const owed = dues.reduce((sum, { isOpen, amount, most }) => sum + (isOpen ? amount : most), 0)
  const difference = found - owed || refunds?.difference || 0
  return [
    { invariant: 'trade_paid_by_holds', difference, explanation: `${trade.state}: ${faults.join('; ')}` },
  ]
}

/**
 * Whether the thing of a completed purchase was sold by it. What was changed or deleted after the purchase ended, its seller did; what
 * is not there any more cannot be said.
 */
export function saleFindings(
  trade: Standing & { id: string; completedAtMs: number | null },
  sale: SaleFacts | undefined,
): Finding[] {
  if (!isSaleDue(trade) || sale === undefined || sale.soldByTrade === trade.id) return []
  if (sale.changedAtMs > (trade.completedAtMs ?? 0)) return []
  const by = sale.soldByTrade ?? 'nobody'
  return [
    {
      invariant: 'trade_sold_its_listing',
      difference: 0,
      explanation: `${trade.id} is completed; ${sale.id} was sold by ${by}`,
    },
  ]
}

/** Once after completion; afterwards a thing is its seller's to put on sale again. */
export const isSaleDue = ({ state, escrow }: Standing): boolean =>
  state === 'completed' && escrow.saleSeen === 0

/** When the audit looks again at a purchase it found so. */
export function auditAgainAtMs({ state, escrow }: Standing, isOff: boolean, nowMs: number): number {
  if (isOff) return nowMs + OFF_AGAIN_MS
  if (state === 'pending' || escrow.intent !== null) return nowMs + AT_REST_AFTER_MS
  return nowMs + (state === 'paid' || state === 'disputed' ? OPEN_AGAIN_MS : ENDED_AGAIN_MS)
}
