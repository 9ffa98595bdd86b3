import type { PublicMember } from '#contracts/identity'
import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('madang:member')
  const question = { sellerId: params.id }
  const [member, things] = await Promise.all([
    get<PublicMember>(fetch, `/members/${encodeURIComponent(params.id)}`),
    get<Page<ListingCard>>(fetch, `/listings${query(question)}`),
  ])
  return { member: orErrorPage(member), things, question }
}
