import type { GroupBuy, MyGroupBuy } from '#contracts/group-buys'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageServerLoad } from './$types.js'

/**
 * Read on the server: its clock is what the deadline goes by until it is measured, and that somebody has no part in it is an
 * ordinary answer that no browser needs to complain of.
 */
export const load: PageServerLoad = async ({ params, fetch, depends, locals }) => {
  depends('madang:group-buy')
  const id = encodeURIComponent(params.id)
  const signedIn = locals.accessToken !== null
  const [open, mine] = await Promise.all([
    get<GroupBuy>(fetch, `/group-buys/${id}`),
    signedIn ? get<MyGroupBuy>(fetch, `/group-buys/${id}/mine`) : null,
  ])
  const part = mine?.ok ? mine.value : null
  const isNotIn =
    mine !== null && !mine.ok && mine.trouble.kind === 'refusal' && mine.trouble.problem.status < 500
  return {
    groupBuy: part?.groupBuy ?? orErrorPage(open),
    mine: part,
    mineUnknown: mine !== null && !mine.ok && !isNotIn,
    now: new Date().toISOString(),
  }
}
