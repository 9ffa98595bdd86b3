import { redirect } from '@sveltejs/kit'
import type { Listing } from '#contracts/listings'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, fetch, parent, url }) => {
  const { signedIn } = await parent()
  if (!signedIn) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`)
  // Own things are read apart: the public address does not know hidden ones, and not yours looks like not there.
  const path = `/me/listings/${encodeURIComponent(params.id)}`
  const listing = orErrorPage(await get<Listing>(fetch, path, { fresh: true }))
  return { listing }
}
