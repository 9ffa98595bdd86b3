import type { Me } from '#contracts/identity'
import { get } from '$lib/api/client.ts'
import { PLACE_COOKIE, placeOf, readPlace } from '$lib/place/place.ts'
import type { LayoutServerLoad } from './$types.js'

export const load: LayoutServerLoad = async ({ locals, fetch, cookies, depends }) => {
  depends('madang:me')
  const chosen = readPlace(cookies.get(PLACE_COOKIE))
  if (locals.accessToken === null) return { signedIn: false, me: null, place: chosen }
  const reply = await get<Me>(fetch, '/me')
  if (!reply.ok) {
    // Signed in for all we know, even if the account cannot be shown just now.
    const ended = reply.trouble.kind === 'refusal' && reply.trouble.problem.status === 401
    return { signedIn: !ended, me: null, place: chosen }
  }
  const { home } = reply.value
  return {
    signedIn: true,
    me: reply.value,
    place: home ? placeOf(home.neighbourhood, home.radiusKm) : chosen,
  }
}
