import type { Payout } from '#contracts/payments'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { needSignIn } from '../../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, params, url, fetch, depends }) => {
  depends('madang:payout')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { payout: orErrorPage(await get<Payout>(fetch, `/wallet/payouts/${encodeURIComponent(params.id)}`)) }
}
