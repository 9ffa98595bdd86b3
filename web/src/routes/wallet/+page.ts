import type { Page } from '#contracts/page'
import type { Underway, Wallet, WalletEntry } from '#contracts/payments'
import { get } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'
import { needSignIn } from './guard.ts'

const LATEST = 6

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:wallet')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const [wallet, underway, entries] = await Promise.all([
    get<Wallet>(fetch, '/wallet'),
    get<{ items: Underway[] }>(fetch, '/wallet/underway'),
    get<Page<WalletEntry>>(fetch, `/wallet/entries?limit=${LATEST}`),
  ])
  return { wallet, underway, entries }
}
