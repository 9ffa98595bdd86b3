import { count } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { AMOUNT_DIGITS_MAX } from './limits.ts'

/** 12,000원, and 0원 too: in a wallet nothing is a gift. */
export const money = (amount: number): string =>
  `${amount < 0 ? '−' : ''}${m.price_won({ amount: count(Math.abs(amount)) })}`

/** What came in carries a plus, what went out a minus: colour never speaks alone. */
export const signed = (amount: number): string => (amount > 0 ? `+${money(amount)}` : money(amount))

/** "12,000" → 12000; null for nothing typed. Whatever is no digit is left out, as are digits beyond what money may have. */
export function amountOf(typed: string): number | null {
  const digits = typed.replace(/\D/g, '').slice(0, AMOUNT_DIGITS_MAX)
  return digits === '' ? null : Number(digits)
}

/** What stands in the field: grouped, and empty for nothing. */
export const typedOf = (amount: number | null): string => (amount === null ? '' : count(amount))

/** Where the caret belongs after regrouping: behind as many digits as it was before. */
export function caretAfter(grouped: string, digitsBefore: number): number {
  let seen = 0
  for (let at = 0; at < grouped.length; at++) {
    if (seen === digitsBefore) return at
    if (/\d/.test(grouped[at] ?? '')) seen++
  }
  return grouped.length
}

export type Bounds = { min: number; atOnce: number; today: number; have?: number }
/** Why this amount cannot go, in a sentence; null when it can. The server decides again. */
export function amountTrouble(amount: number, { min, atOnce, today, have }: Bounds): string | null {
  if (amount < min) return m.wallet_amount_min({ amount: money(min) })
  if (have !== undefined && amount > have) return m.wallet_amount_have({ amount: money(have) })
  if (amount > atOnce) return m.wallet_amount_at_once({ amount: money(atOnce) })
  if (amount > today) return m.wallet_amount_today({ amount: money(today) })
  return null
}

/** A page of ours to go on with, or null: an address from outside must not lead outside. */
export const ownPath = (path: string | null): string | null =>
  path !== null && /^\/(?![/\\])/.test(path) ? path : null
