import type { GroupBuyCard } from '#contracts/group-buys'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { nearOf } from '$lib/place/place.ts'
import { filtersOf } from '$lib/together/filters.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ url, parent, fetch, depends }) => {
  depends('madang:together')
  const { place } = await parent()
  const asked = filtersOf(url)
  // Nearest needs somewhere to be near to.
  const filters = asked.sort === 'distance' && place === null ? { ...asked, sort: null } : asked
  const question = { ...filters, ...nearOf(place), state: 'recruiting' }
  const feed = await get<Page<GroupBuyCard>>(fetch, `/group-buys${query(question)}`)
  return { filters, question, feed, nowMs: Date.now() }
}
