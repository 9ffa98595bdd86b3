import { error, redirect } from '@sveltejs/kit'
import type { Listing } from '#contracts/listings'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, fetch, parent, url }) => {
  const { signedIn, me } = await parent()
  if (!signedIn) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`)
  const path = `/listings/${encodeURIComponent(params.id)}`
  const listing = orErrorPage(await get<Listing>(fetch, path, { fresh: true }))
  // Not yours looks like not there; the server holds the same line for the write.
  if (me !== null && me.id !== listing.seller.id) error(404, { message: m.error_404_title() })
  return { listing }
}
