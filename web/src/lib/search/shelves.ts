import type { Category } from '#contracts/listings'
import { query } from '$lib/api/client.ts'
import { isCategory } from '$lib/listing/names.ts'
import { m } from '$lib/paraglide/messages.js'
import { SORT_NAMES } from '$lib/together/names.ts'

/** What a search looks through: things by default, or what neighbours buy together. */
export type Shelf = 'things' | 'together'
export const BUY_SORT_NAMES = { relevance: m.sort_relevance, ...SORT_NAMES }
export type BuySort = keyof typeof BUY_SORT_NAMES
export type BuyFilters = { category: Category | null; sort: BuySort | null }

const isBuySort = (value: string | null): value is BuySort =>
  value !== null && Object.hasOwn(BUY_SORT_NAMES, value)

export const shelfOf = (url: URL): Shelf =>
  url.searchParams.get('in') === 'together' ? 'together' : 'things'

/** The address bar is the filters' only home. Nonsense is left out. */
export function buyFiltersOf(url: URL): BuyFilters {
  const category = url.searchParams.get('category')
  const sort = url.searchParams.get('sort')
  return {
    category: category !== null && isCategory(category) ? category : null,
    sort: isBuySort(sort) ? sort : null,
  }
}

/** The same words on a shelf; of the filters only the category means the same on both. */
export const hrefOn = (shelf: Shelf, q: string, filters: Partial<BuyFilters>): string =>
  `/search${query({ q, in: shelf === 'together' ? shelf : null, ...filters })}`
