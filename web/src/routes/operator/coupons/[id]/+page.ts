import type { Campaign, CampaignFigures } from '#contracts/coupons'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, parent, fetch, depends }) => {
  depends('madang:campaign')
  await parent()
  const id = encodeURIComponent(params.id)
  const [campaign, figures] = await Promise.all([
    get<Campaign>(fetch, `/coupons/campaigns/${id}`, { fresh: true }),
    get<CampaignFigures>(fetch, `/operator/coupons/campaigns/${id}/figures`),
  ])
  return { campaign: orErrorPage(campaign), figures }
}
