import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:feed')
  const { place } = await parent()
  const filters = filtersOf(url)
  const question = { ...parametersOf(filters), ...nearOf(place) }
  return { filters, question, feed: await get<Page<ListingCard>>(fetch, `/listings${query(question)}`) }
}
