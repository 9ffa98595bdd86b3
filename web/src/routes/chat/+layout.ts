import type { Room } from '#contracts/chat'
import type { Page } from '#contracts/page'
import { get, query } from '$lib/api/client.ts'
import { needSignIn } from '../me/guard.ts'
import type { LayoutLoad } from './$types.js'

export const load: LayoutLoad = async ({ parent, fetch, url, depends, untrack }) => {
  depends('madang:rooms')
  const { signedIn } = await parent()
  // Going from room to room reads the list no second time.
  untrack(() => needSignIn(signedIn, url))
  const listingId = url.searchParams.get('listingId')
  return { listingId, rooms: await get<Page<Room>>(fetch, `/chat/rooms${query({ listingId })}`) }
}
