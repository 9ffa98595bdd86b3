import type { Wallet } from '#contracts/payments'
import { get } from '$lib/api/client.ts'
import { ownPath } from '$lib/wallet/money.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:wallet')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return {
    wallet: await get<Wallet>(fetch, '/wallet'),
    next: ownPath(url.searchParams.get('next')) ?? '/wallet',
  }
}
