import type { Decision } from '#contracts/moderation'
import { get, query } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

/** Where a letter leads: its key stands for a sign-in, which a suspended member does not get. */
export const load: PageLoad = async ({ params, url, fetch, depends }) => {
  depends('madang:notice')
  const key = url.searchParams.get('key') ?? ''
  const path = `/decisions/${encodeURIComponent(params.id)}${query({ key })}`
  return { key, decision: orErrorPage(await get<Decision>(fetch, path)) }
}
