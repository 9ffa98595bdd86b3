import type { MessagePage, Room } from '#contracts/chat'
import { browser } from '$app/environment'
import { get, query, type Reply } from '$lib/api/client.ts'
import { orErrorPage } from '$lib/api/fail.ts'
import { PAGE_SIZE } from '$lib/chat/open-room.svelte.ts'
import type { PageLoad } from './$types.js'

type Both = { room: Reply<Room>; page: Reply<MessagePage> }

export const load: PageLoad = async ({ params, fetch, url, parent, untrack }) => {
  const id = encodeURIComponent(params.roomId)
  const read = async (): Promise<Both> => {
    const [room, page] = await Promise.all([
      get<Room>(fetch, `/chat/rooms/${id}`),
      get<MessagePage>(fetch, `/chat/rooms/${id}/messages${query({ limit: PAGE_SIZE })}`),
    ])
    return { room, page }
  }
  await untrack(parent)
  const startAt = Number(url.searchParams.get('at')) || null
  // In the browser the room opens at once and fills; a page that is asked for whole comes whole, or says why not.
  if (browser) return { roomId: params.roomId, startAt, both: read() }
  const both = await read()
  orErrorPage(both.room)
  return { roomId: params.roomId, startAt, both }
}
