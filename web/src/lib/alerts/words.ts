import type { Alert } from '#contracts/search'
import { query } from '$lib/api/client.ts'
import { won } from '$lib/format/words.ts'
import { CATEGORY_NAMES } from '$lib/listing/names.ts'
import { m } from '$lib/paraglide/messages.js'

/** What an alert asks for besides its words, each condition in its own. */
export function conditionsOf({
  category,
  minPrice,
  maxPrice,
  radiusKm,
}: Omit<Alert, 'id' | 'q' | 'createdAt'>) {
  const conditions: string[] = []
  if (category !== null) conditions.push(CATEGORY_NAMES[category]())
  const price = priceOf(minPrice, maxPrice)
  if (price !== null) conditions.push(price)
  if (radiusKm !== null) conditions.push(m.alert_within({ km: String(radiusKm) }))
  return conditions
}

function priceOf(min: number | null, max: number | null): string | null {
  if (min !== null && max !== null) return m.alert_price_between({ min: won(min), max: won(max) })
  if (min !== null) return m.alert_price_from({ min: won(min) })
  return max === null ? null : m.alert_price_to({ max: won(max) })
}

/** The search an alert stands for, as it can be asked now. */
export const alertHref = ({ q, category, minPrice, maxPrice }: Alert) =>
  `/search${query({ q, category, minPrice, maxPrice })}`
