import { error, redirect } from '@sveltejs/kit'
import type { MyGroupBuy } from '#contracts/group-buys'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { isOver } from '$lib/together/names.ts'
import type { PageLoad } from './$types.js'

/** Its host's alone: to everybody else there is no such page. One that is over has nothing left to change. */
export const load: PageLoad = async ({ params, fetch, parent, url }) => {
  const { signedIn } = await parent()
  if (!signedIn) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`)
  const path = `/group-buys/${encodeURIComponent(params.id)}/mine`
  const { groupBuy, role } = orErrorPage(await get<MyGroupBuy>(fetch, path, { fresh: true }))
  if (role !== 'host') error(404, { message: m.error_404_title() })
  if (isOver(groupBuy.state)) redirect(303, `/together/${groupBuy.id}`)
  return { groupBuy }
}
