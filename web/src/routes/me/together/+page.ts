import type { GroupBuyCard } from '#contracts/group-buys'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:my-together')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const role = url.searchParams.get('role') === 'host' ? ('host' as const) : ('member' as const)
  const feed = await get<Page<GroupBuyCard>>(fetch, `/me/group-buys${query({ role })}`)
  return { role, feed, nowMs: Date.now() }
}
