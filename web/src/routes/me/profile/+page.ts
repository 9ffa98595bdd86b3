import { error } from '@sveltejs/kit'
import { m } from '$lib/paraglide/messages.js'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, url }) => {
  const { signedIn, me } = await parent()
  needSignIn(signedIn, url)
  if (me === null)
    error(503, { message: m.me_unreachable(), detail: m.trouble_server_body(), code: 'NO_ANSWER' })
  return { profile: me }
}
