import type { Preferences } from '#contracts/notifications'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:preferences')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { preferences: await get<Preferences>(fetch, '/notifications/preferences') }
}
