import type { Campaign } from '#contracts/coupons'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('madang:campaigns')
  return { campaigns: await get<Page<Campaign>>(fetch, '/coupons/campaigns') }
}
