import type { Listing, ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { Reputation } from '#contracts/trades'
import { get, query } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { nearOf } from '$lib/place/place.ts'
import type { PageLoad } from './$types.js'

const BESIDE_COUNT = 9

export const load: PageLoad = async ({ params, fetch, depends, parent }) => {
  depends('madang:listing')
  const id = encodeURIComponent(params.id)
  const { place, signedIn } = await parent()
  const { near } = { near: undefined, ...nearOf(place) }
  const open = await get<Listing>(fetch, `/listings/${id}${query({ near })}`)
  const missing = !open.ok && open.trouble.kind === 'refusal' && open.trouble.problem.status === 404
  // A hidden thing is gone for all but its owner, who finds it among their own.
  const asOwner = missing && signedIn
  const listing = orErrorPage(asOwner ? await get<Listing>(fetch, `/me/listings/${id}`) : open)
  const beside = (question: Record<string, string | number>) =>
    get<Page<ListingCard>>(fetch, `/listings${query({ ...question, limit: BESIDE_COUNT })}`)
  const [others, similar, reputation] = await Promise.all([
    beside({ sellerId: listing.seller.id }),
    beside({ category: listing.category, status: 'on_sale' }),
    get<Reputation>(fetch, `/members/${listing.seller.id}/reputation`),
  ])
  // What stands beside the thing is left out when it cannot be had; the thing itself is what was asked for.
  const without = (reply: typeof others) =>
    reply.ok ? reply.value.items.filter((card) => card.id !== listing.id).slice(0, BESIDE_COUNT - 1) : []
  const fromSeller = without(others)
  const taken = new Set(fromSeller.map((card) => card.id))
  return {
    listing,
    others: fromSeller,
    similar: without(similar).filter((card) => !taken.has(card.id)),
    reputation: reputation.ok ? reputation.value : null,
  }
}
