import type { GroupBuySearchReply, PopularTerms, SearchReply } from '#contracts/search'
import { get, query } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf, type Place, RADIUS_KM_MAX } from '$lib/place/place.ts'
import { buyFiltersOf, shelfOf } from '$lib/search/shelves.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:search')
  const q = (url.searchParams.get('q') ?? '').trim()
  const shelf = shelfOf(url)
  const filters = filtersOf(url)
  const buyFilters = buyFiltersOf(url)
  const { place } = await parent()
  // Of the shelf that is not looked at only the number is shown, and of the filters only the category means the same on both.
  const count = { q, category: filters.category, limit: 1 }
  const question =
    shelf === 'things' ? { q, ...parametersOf(filters), ...hereFor(filters.sort, place) } : count
  const buyQuestion = shelf === 'together' ? { q, ...buyFilters, ...hereFor(buyFilters.sort, place) } : count
  const about = { q, shelf, filters, buyFilters, question, buyQuestion, nowMs: Date.now() }
  if (q === '') {
    const popular = await get<PopularTerms>(fetch, '/search/popular')
    return { ...about, found: null, buys: null, popular: popular.ok ? popular.value.items : [] }
  }
  const [found, buys] = await Promise.all([
    get<SearchReply>(fetch, `/search${query(question)}`),
    get<GroupBuySearchReply>(fetch, `/search/group-buys${query(buyQuestion)}`),
  ])
  return { ...about, found, buys, popular: [] }
}

// To search `near` somewhere is to leave out what is farther away, and what is looked for may be anywhere: only who asks
// for the nearest first is answered from home, as far as the search reaches.
const hereFor = (sort: string | null, place: Place | null) =>
  sort === 'distance' && place ? { ...nearOf(place), radiusKm: RADIUS_KM_MAX } : {}
