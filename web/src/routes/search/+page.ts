import type { PopularTerms, SearchReply } from '#contracts/search'
import { get, query, type Reply } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf, RADIUS_KM_MAX } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:search')
  const q = (url.searchParams.get('q') ?? '').trim()
  const filters = filtersOf(url)
  const { place } = await parent()
  // To search `near` somewhere is to leave out what is farther away, and what is looked for may be anywhere: only who asks
  // for the nearest first is answered from home, as far as the search reaches.
  const here = filters.sort === 'distance' && place ? { ...nearOf(place), radiusKm: RADIUS_KM_MAX } : {}
  const question = { q, ...parametersOf(filters), ...here }
  const found: Reply<SearchReply> | null =
    q === '' ? null : await get<SearchReply>(fetch, `/search${query(question)}`)
  const popular = q === '' ? await get<PopularTerms>(fetch, '/search/popular') : null
  return { q, filters, question, found, popular: popular?.ok ? popular.value.items : [] }
}
