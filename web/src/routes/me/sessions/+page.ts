import type { SessionLine } from '#contracts/identity'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:sessions')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { sessions: await get<{ items: SessionLine[] }>(fetch, '/me/sessions') }
}
