import type { Page } from '#contracts/page'
import type { Books, Incident } from '#contracts/payments'
import { get, query } from '$lib/api/client.ts'
import type { PageLoad } from './$types.js'

const STATES = ['open', 'closed'] as const

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('madang:books')
  await parent()
  const asked = url.searchParams.get('state')
  const state = STATES.find((name) => name === asked) ?? 'open'
  const [books, incidents] = await Promise.all([
    get<Books>(fetch, '/operator/payments/books'),
    get<Page<Incident>>(fetch, `/operator/payments/incidents${query({ state })}`),
  ])
  return { states: STATES, state, books, incidents }
}
