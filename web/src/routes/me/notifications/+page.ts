import type { Device, Preferences } from '#contracts/notifications'
import { get } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:preferences')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const [preferences, devices] = await Promise.all([
    get<Preferences>(fetch, '/notifications/preferences'),
    get<{ items: Device[] }>(fetch, '/notifications/devices'),
  ])
  return { preferences, devices }
}
