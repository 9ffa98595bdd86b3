import { error, redirect } from '@sveltejs/kit'
import { m } from '$lib/paraglide/messages.js'
import type { LayoutLoad } from './$types.js'

/** For everyone but an operator this part of the yard does not exist. What it shows is guarded by the API itself. */
export const load: LayoutLoad = async ({ parent, url }) => {
  const { me } = await parent()
  if (me?.role !== 'operator') error(404, { message: m.error_404_title() })
  if (url.pathname === '/operator/cases') redirect(307, '/operator')
}
