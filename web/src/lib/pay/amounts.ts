import { count } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'

/** A sum of money, nothing included: "0원". (`won` is for prices, where nothing is a gift.) */
export const sum = (amount: number) => m.price_won({ amount: count(amount) })
/** What is taken off or goes out, with a real minus. */
export const less = (amount: number) => (amount === 0 ? sum(0) : `−${sum(amount)}`)

export const DIGITS_MAX = 9
export const digitsIn = (text: string) =>
  text
    .replace(/\D/g, '')
    .replace(/^0+(?=\d)/, '')
    .slice(0, DIGITS_MAX)
