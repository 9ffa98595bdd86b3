import type { PublicMember } from '#contracts/identity'
import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { Reputation, Review } from '#contracts/trades'
import { get, query } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import type { PageLoad } from './$types.js'

export const load: PageLoad = async ({ params, fetch, depends }) => {
  depends('madang:member')
  const question = { sellerId: params.id }
  const id = encodeURIComponent(params.id)
  const [member, things, reputation, reviews] = await Promise.all([
    get<PublicMember>(fetch, `/members/${id}`),
    get<Page<ListingCard>>(fetch, `/listings${query(question)}`),
    get<Reputation>(fetch, `/members/${id}/reputation`),
    get<Page<Review>>(fetch, `/members/${id}/reviews`),
  ])
  return { member: orErrorPage(member), things, question, reputation, reviews }
}
