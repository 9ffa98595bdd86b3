import type { Decision } from '#contracts/moderation'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:notices')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { notices: await get<Page<Decision>>(fetch, '/me/decisions') }
}
