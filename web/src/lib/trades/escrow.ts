import type { Escrow, Trade, TradeState } from '#contracts/trades'

/** So long a seller may give money back after a completed trade; the server decides. */
const REFUND_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

export type Mark = 'done' | 'now' | 'ahead' | 'broken'
export type StepName = 'pay' | 'keep' | 'dispute' | 'hand_over' | 'cancelled' | 'failed'
export type Step = { name: StepName; mark: Mark }
export type Paid = { state: TradeState; price: number; escrow: Escrow }

/** The way of a paid trade as it is drawn: what is behind it, where it is, what comes. */
export function stepsOf({ state, escrow }: Pick<Paid, 'state' | 'escrow'>): Step[] {
  const asked: Step[] = escrow.dispute ? [{ name: 'dispute', mark: 'done' }] : []
  switch (state) {
    case 'pending':
      return [step('pay', 'now'), step('keep', 'ahead'), step('hand_over', 'ahead')]
    case 'paid':
      return isEnding({ state, escrow })
        ? [step('pay', 'done'), ...(goesBack(escrow) ? [] : [step('keep', 'done')]), endOf(escrow)]
        : [step('pay', 'done'), step('keep', 'now'), step('hand_over', 'ahead')]
    case 'disputed':
      return isEnding({ state, escrow })
        ? [step('pay', 'done'), step('dispute', 'done'), endOf(escrow)]
        : [step('pay', 'done'), step('dispute', 'now'), step('hand_over', 'ahead')]
    case 'completed':
      return [
        step('pay', 'done'),
        ...(asked.length > 0 ? asked : [step('keep', 'done')]),
        step('hand_over', 'done'),
      ]
    case 'cancelled':
      return [step('pay', 'done'), ...asked, step('cancelled', 'broken')]
    case 'failed':
      return [step('failed', 'broken')]
  }
}
const step = (name: StepName, mark: Mark): Step => ({ name, mark })

const goesBack = ({ ended, paid, dispute }: Escrow): boolean =>
  ended === 'cancelled' || (paid > 0 && dispute?.decision?.refund === paid)
const endOf = (escrow: Escrow): Step => step(goesBack(escrow) ? 'cancelled' : 'hand_over', 'now')

/** It was decided how it ends; the money is on its way there. */
export const isEnding = ({ state, escrow }: Pick<Paid, 'state' | 'escrow'>): boolean =>
  (state === 'paid' && escrow.ended !== null) ||
  (state === 'disputed' && (escrow.dispute?.decision ?? null) !== null)

/** What reaches the seller's wallet as things stand; nothing when it was undone. */
export const sellerGets = ({ state, price, escrow }: Paid): number =>
  state === 'cancelled' || state === 'failed' ? 0 : price - escrow.refunded

/** What of the buyer's own money could still go back. */
export const refundable = ({ paid, refunded }: Pick<Escrow, 'paid' | 'refunded'>): number =>
  Math.max(0, paid - refunded)

export type Act = 'confirm' | 'hand_over' | 'refund' | 'dispute' | 'cancel'

/** What this side may do now; the server decides again. */
export function actsOf(
  trade: Pick<Trade, 'role' | 'state' | 'completedAt' | 'escrow'>,
  nowMs: number,
): Act[] {
  const { role, state, completedAt, escrow } = trade
  if (escrow === null || isEnding({ state, escrow })) return []
  const canRefund = role === 'seller' && refundable(escrow) > 0
  if (state === 'paid')
    return role === 'buyer'
      ? ['confirm', 'dispute', 'cancel']
      : ['hand_over', ...(canRefund ? (['refund'] as const) : []), 'dispute', 'cancel']
  const isRecent = completedAt !== null && nowMs < Date.parse(completedAt) + REFUND_WINDOW_MS
  return state === 'completed' && canRefund && isRecent ? ['refund'] : []
}

/** A purchase with the wallet on its way: being paid, paid, or asked about. */
export const isOpenPurchase = ({ state, escrow }: Pick<Trade, 'state' | 'escrow'>): boolean =>
  escrow !== null && (state === 'pending' || state === 'paid' || state === 'disputed')
