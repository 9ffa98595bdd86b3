import type { Campaign } from '#contracts/coupons'
import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

/** The line about coupons is a courtesy: the yard does not wait for it. */
const COUPONS_WITHIN_MS = 400

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:feed')
  const { place } = await parent()
  const filters = filtersOf(url)
  const question = { ...parametersOf(filters), ...nearOf(place) }
  const [feed, campaigns] = await Promise.all([
    get<Page<ListingCard>>(fetch, `/listings${query(question)}`),
    get<Page<Campaign>>(fetch, '/coupons/campaigns?limit=1', {
      signal: AbortSignal.timeout(COUPONS_WITHIN_MS),
    }),
  ])
  return { filters, question, feed, campaign: campaigns.ok ? (campaigns.value.items[0] ?? null) : null }
}
