import type { GroupBuyCard, MyGroupBuyRole } from '#contracts/group-buys'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:my-together')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const asked = url.searchParams.get('role')
  const role: MyGroupBuyRole = asked === 'host' || asked === 'waiting' ? asked : 'member'
  const feed = await get<Page<GroupBuyCard>>(fetch, `/me/group-buys${query({ role })}`)
  return { role, feed, nowMs: Date.now() }
}
