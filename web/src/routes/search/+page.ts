import type { PopularTerms, SearchReply } from '#contracts/search'
import { get, query, type Reply } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:search')
  const q = (url.searchParams.get('q') ?? '').trim()
  const filters = filtersOf(url)
  const { place } = await parent()
  // Distances are told from home, but what is looked for may be farther than the feed reaches.
  const { near } = { near: undefined, ...nearOf(place) }
  const question = { q, ...parametersOf(filters), near }
  const found: Reply<SearchReply> | null =
    q === '' ? null : await get<SearchReply>(fetch, `/search${query(question)}`)
  const popular = q === '' ? await get<PopularTerms>(fetch, '/search/popular') : null
  return { q, filters, question, found, popular: popular?.ok ? popular.value.items : [] }
}
