import type { Page } from '#contracts/page'
import type { DisputedTrade } from '#contracts/trades'
import { get, query } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

const STATES = ['open', 'decided'] as const

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:disputes')
  await parent()
  const asked = url.searchParams.get('state')
  const state = STATES.find((name) => name === asked) ?? 'open'
  const path = `/operator/trades/disputes${query({ state })}`
  return { states: STATES, state, disputes: await get<Page<DisputedTrade>>(fetch, path) }
}
