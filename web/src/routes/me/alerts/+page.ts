import type { Alert } from '#contracts/search'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:alerts')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  return { alerts: await get<{ items: Alert[] }>(fetch, '/search/alerts') }
}
