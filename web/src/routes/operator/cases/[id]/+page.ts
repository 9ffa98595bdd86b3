import type { CaseInContext } from '#contracts/moderation'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, parent, fetch, depends }) => {
  depends('madang:case')
  await parent()
  return {
    item: orErrorPage(await get<CaseInContext>(fetch, `/operator/cases/${encodeURIComponent(params.id)}`)),
  }
}
