import type { AuditLine } from '#contracts/moderation'
import type { Page } from '#contracts/page'
import { get } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ parent, fetch, depends }) => {
  depends('madang:audit')
  await parent()
  return { audit: await get<Page<AuditLine>>(fetch, '/operator/audit') }
}
