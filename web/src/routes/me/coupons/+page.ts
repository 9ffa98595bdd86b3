import type { Coupon } from '#contracts/coupons'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { needSignIn } from '../guard.ts'
import type { PageLoad } from './$types.js'

const TABS = ['usable', 'used', 'expired'] as const

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:coupons')
  const { signedIn } = await parent()
  needSignIn(signedIn, url)
  const tab = TABS.find((name) => name === url.searchParams.get('state')) ?? 'usable'
  const [coupons, held] = await Promise.all([
    get<Page<Coupon>>(fetch, `/me/coupons${query({ state: tab })}`),
    // What a purchase under way has comes back or is used up: it belongs beside those that can be used.
    tab === 'usable' ? get<Page<Coupon>>(fetch, '/me/coupons?state=held&limit=50') : null,
  ])
  return { tabs: TABS, tab, coupons, held: held?.ok ? held.value.items : [] }
}
