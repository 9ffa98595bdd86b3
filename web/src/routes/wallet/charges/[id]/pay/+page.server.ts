import { redirect } from '@sveltejs/kit'
import type { Charge } from '#contracts/payments'
import { get } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { needSignIn } from '../../../guard.ts'
import type { PageServerLoad } from './$types.js'

/** Where a top-up is paid in production. What is paid for comes from our books, never from the address. */
export const load: PageServerLoad = async ({ parent, params, url, fetch, platform }) => {
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const charge = orErrorPage(await get<Charge>(fetch, `/wallet/charges/${encodeURIComponent(params.id)}`))
  if (charge.state !== 'pending') redirect(303, `/wallet/charges/${charge.id}`)
  const { PORTONE_STORE_ID: storeId, PORTONE_CHANNEL_KEY: channelKey } = platform?.env ?? {}
  return { charge, checkout: storeId && channelKey ? { storeId, channelKey } : null }
}
