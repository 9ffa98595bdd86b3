import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('madang:wishes')
  const { signedIn } = await parent()
  return { mine: signedIn ? await get<Page<ListingCard>>(fetch, '/me/wishes') : null }
}
