import type { Category } from '#contracts/listings'
import { query } from '$lib/api/client.ts'
import { isCategory, SORT_NAMES } from './names.ts'

export type Sort = keyof typeof SORT_NAMES
export type Status = 'on_sale' | 'reserved' | 'sold'
export type Filters = {
  category: Category | null
  status: Status | null
  free: boolean
  minPrice: number | null
  maxPrice: number | null
  sort: Sort | null
}

const isSort = (value: string): value is Sort => Object.hasOwn(SORT_NAMES, value)
const isStatus = (value: string): value is Status => ['on_sale', 'reserved', 'sold'].includes(value)
const kept = <Value extends string>(value: string | null, known: (value: string) => value is Value) =>
  value !== null && known(value) ? value : null
const whole = (value: string | null) => (value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null)

/** The address bar is the filters' only home: what can be sent to a friend can be seen again. Nonsense is left out. */
export const filtersOf = (url: URL): Filters => ({
  category: kept(url.searchParams.get('category'), isCategory),
  status: kept(url.searchParams.get('status'), isStatus),
  free: url.searchParams.get('free') === 'true',
  minPrice: whole(url.searchParams.get('minPrice')),
  maxPrice: whole(url.searchParams.get('maxPrice')),
  sort: kept(url.searchParams.get('sort'), isSort),
})

export const parametersOf = (filters: Filters) => ({ ...filters, free: filters.free || null })

/** The same page with these filters; other parameters (the search words) stay. */
export function hrefWith(url: URL, filters: Filters): string {
  const q = url.searchParams.get('q')
  return url.pathname + query({ q, ...parametersOf(filters) })
}

/** How many are on, for the badge on the button; category and sort show by themselves. */
export const countOn = (filters: Filters) =>
  [filters.status, filters.free || null, filters.minPrice, filters.maxPrice].filter((value) => value !== null)
    .length
