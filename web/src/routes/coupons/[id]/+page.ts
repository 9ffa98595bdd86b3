import type { Campaign } from '#contracts/coupons'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { mineOf } from '$lib/coupons/claim.svelte.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, params, fetch, depends }) => {
  depends('madang:campaign')
  const [{ signedIn }, reply] = await Promise.all([
    parent(),
    get<Campaign>(fetch, `/coupons/campaigns/${encodeURIComponent(params.id)}`),
  ])
  const campaign = orErrorPage(reply)
  return { campaign, mine: signedIn ? await mineOf(fetch, campaign.id, campaign.day) : [] }
}
