import type { Category } from '#contracts/listings'
import { m } from '$lib/paraglide/messages.js'
import { DESCRIPTION_LENGTH_MAX, PRICE_MAX, TITLE_LENGTH_MAX } from './limits.ts'
import { isCategory } from './names.ts'

export type Answers = { title: string; category: string; price: string; free: boolean; description: string }
export type Complaints = Partial<Record<'title' | 'category' | 'price' | 'description', string>>
type Checked =
  | { ok: true; value: { title: string; category: Category; price: number; description: string } }
  | { ok: false; complaints: Complaints }

const TITLE_LENGTH_MIN = 2
const PRICE_DIGITS_MAX = String(PRICE_MAX).length

/** A quick look before sending, beside each field; the server checks again and decides. */
export function checkAnswers({ title, category, price, free, description }: Answers): Checked {
  const complaints: Complaints = {}
  const titleLength = [...title.trim()].length
  if (titleLength < TITLE_LENGTH_MIN) complaints.title = m.post_needs_title()
  else if (titleLength > TITLE_LENGTH_MAX)
    complaints.title = m.post_needs_title_long({ max: String(TITLE_LENGTH_MAX) })
  if (!isCategory(category)) complaints.category = m.post_needs_category()
  const amount = free ? 0 : Number(price)
  if (!free && (price === '' || amount === 0)) complaints.price = m.post_needs_price()
  else if (amount > PRICE_MAX) complaints.price = m.post_needs_price_max()
  const story = description.trim()
  if (story === '' || [...story].length > DESCRIPTION_LENGTH_MAX)
    complaints.description = m.post_needs_description()
  if (!isCategory(category) || Object.keys(complaints).length > 0) return { ok: false, complaints }
  return { ok: true, value: { title: title.trim(), category, price: amount, description: story } }
}

export const digitsOf = (text: string) =>
  text.replace(/\D/g, '').replace(/^0+/, '').slice(0, PRICE_DIGITS_MAX)
export const groupDigits = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ',')
