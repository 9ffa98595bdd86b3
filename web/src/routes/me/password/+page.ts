import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url }) => {
  const { signedIn, me } = await parent()
  needSignIn(signedIn, url)
  return { loginId: me?.loginId ?? '' }
}
