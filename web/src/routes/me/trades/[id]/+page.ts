import type { Trade } from '#contracts/trades'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { needSignIn } from '../../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, parent, url, fetch, depends }) => {
  depends('madang:trade')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { trade: orErrorPage(await get<Trade>(fetch, `/trades/${encodeURIComponent(params.id)}`)) }
}
