import type { CallContext } from '#contracts/call'
import type { Refusal, Result } from '#contracts/errors'
import type { HoldId } from '#contracts/ids'
import type { HoldLine } from '#contracts/payments.api'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { derivedId } from '#kit/id'
import { refuse } from '#kit/result'
import type { EscrowTrade } from './escrow.store.ts'

const STEP_DEADLINE_MS = 3 * SECOND_MS

/** No word on the matter itself; the step is tried again. */
export class Unanswered extends Error {}

const NO_ANSWER: ReadonlySet<Refusal['code']> = new Set([
  'UNAVAILABLE',
  'INTERNAL',
  'REQUEST_IN_FLIGHT',
  'TOO_MANY_REQUESTS',
])
/** Listings says CONFLICT when a thing changes under everyone's hands; that passes too. */
const isUnanswered = (callee: string, { code }: Refusal): boolean =>
  NO_ANSWER.has(code) || (code === 'CONFLICT' && callee.startsWith('listings.'))

/** Asks a neighbour within a deadline; what gives no answer is thrown, so that a refusal is always a word on the matter. */
export async function ask<Value>(callee: string, call: () => Promise<Result<Value>>): Promise<Result<Value>> {
  const answer = await callWithin<Result<Value>>(callee, STEP_DEADLINE_MS, call, () => refuse('UNAVAILABLE'))
  if (!answer.ok && isUnanswered(callee, answer.refusal)) throw new Unanswered(`${callee}: no answer`)
  return answer
}

/** The context of a step: its key is the same however often it is taken. */
export const contextOf = ({ id }: EscrowTrade, step: string): CallContext => ({
  actor: { kind: 'worker', worker: 'trades' },
  requestId: `trade:${id}`,
  idempotencyKey: `${id}:${step}`,
})

const holdIdOf = ({ id }: EscrowTrade, payer: 'buyer' | 'promotion'): HoldId =>
  derivedId('hld', `${id}:${payer}`)

/** What is put aside for a purchase: the buyer's part and the promotion's, none of which is nothing. */
export function linesOf(trade: EscrowTrade): HoldLine[] {
  const { paid, discount } = trade.escrow
  const lines: HoldLine[] = [
    { holdId: holdIdOf(trade, 'buyer'), payer: trade.buyerId, amount: paid },
    { holdId: holdIdOf(trade, 'promotion'), payer: 'promotion', amount: discount },
  ]
  return lines.filter(({ amount }) => amount > 0)
}

export const urlOf = ({ id }: EscrowTrade): string => `/me/trades/${id}`
export const causeOf = ({ id }: EscrowTrade) => ({ kind: 'trade' as const, id })
