import type { Campaign } from '#contracts/coupons'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('madang:campaigns')
  await parent()
  return { campaigns: await get<Page<Campaign>>(fetch, '/coupons/campaigns', { fresh: true }) }
}
