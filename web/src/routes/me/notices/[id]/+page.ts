import type { Decision } from '#contracts/moderation'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { needSignIn } from '../../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, parent, url, fetch, depends }) => {
  depends('madang:notice')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return {
    decision: orErrorPage(await get<Decision>(fetch, `/me/decisions/${encodeURIComponent(params.id)}`)),
  }
}
