import type { Page } from '#contracts/page'
import type { Trade } from '#contracts/trades'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:trades')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { trades: await get<Page<Trade>>(fetch, '/me/sales') }
}
