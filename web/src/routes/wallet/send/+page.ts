import type { PublicMember } from '#contracts/identity'
import type { Wallet } from '#contracts/payments'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:wallet')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const to = url.searchParams.get('to')
  const [wallet, recipient] = await Promise.all([
    get<Wallet>(fetch, '/wallet'),
    to === null ? null : get<PublicMember>(fetch, `/members/${encodeURIComponent(to)}`),
  ])
  return { wallet, recipient }
}
