import type { Case } from '#contracts/moderation'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

const STATES = ['open', 'appealed', 'decided'] as const

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:cases')
  await parent()
  const asked = url.searchParams.get('state')
  const state = STATES.find((name) => name === asked) ?? 'open'
  return { states: STATES, state, cases: await get<Page<Case>>(fetch, `/operator/cases${query({ state })}`) }
}
