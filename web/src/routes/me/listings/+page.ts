import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:listings')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { mine: await get<Page<ListingCard>>(fetch, '/me/listings') }
}
