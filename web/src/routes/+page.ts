import type { Campaign } from '#contracts/coupons'
import type { GroupBuyCard } from '#contracts/group-buys'
import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { filtersOf, parametersOf } from '$lib/listing/filters.ts'
import { nearOf } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

/** The lines about coupons and group buys are a courtesy: the yard does not wait for them. */
const LINES_WITHIN_MS = 400

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:feed')
  const { place } = await parent()
  const filters = filtersOf(url)
  const closing = { state: 'recruiting', sort: 'ending', limit: 1 }
  const question = { ...parametersOf(filters), ...nearOf(place) }
  const [feed, campaigns, together] = await Promise.all([
    get<Page<ListingCard>>(fetch, `/listings${query(question)}`),
    get<Page<Campaign>>(fetch, '/coupons/campaigns?limit=1', {
      signal: AbortSignal.timeout(LINES_WITHIN_MS),
    }),
    get<Page<GroupBuyCard>>(fetch, `/group-buys${query({ ...closing, ...nearOf(place) })}`, {
      signal: AbortSignal.timeout(LINES_WITHIN_MS),
    }),
  ])
  return {
    filters,
    question,
    feed,
    campaign: campaigns.ok ? (campaigns.value.items[0] ?? null) : null,
    together: together.ok ? (together.value.items[0] ?? null) : null,
    nowMs: Date.now(),
  }
}
