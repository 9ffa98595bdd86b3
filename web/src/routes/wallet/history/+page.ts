import type { Page } from '#contracts/page'
import type { WalletEntry } from '#contracts/payments'
import { get, query } from '$lib/api/client.ts'
import { historyOf } from '$lib/wallet/history.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:wallet')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const filters = historyOf(url)
  return { filters, entries: await get<Page<WalletEntry>>(fetch, `/wallet/entries${query(filters)}`) }
}
