import type { Category } from '#contracts/listings'
import { query } from '$lib/api/client.ts'
import { isCategory } from '$lib/listing/names.ts'
import { isSort, type Sort } from './names.ts'

export type Filters = { category: Category | null; sort: Sort | null }

/** The address bar is the filters' only home. Nonsense is left out. */
export function filtersOf(url: URL): Filters {
  const category = url.searchParams.get('category')
  const sort = url.searchParams.get('sort')
  return {
    category: category !== null && isCategory(category) ? category : null,
    sort: isSort(sort) ? sort : null,
  }
}

export const hrefWith = (filters: Filters): string => `/together${query(filters)}`
