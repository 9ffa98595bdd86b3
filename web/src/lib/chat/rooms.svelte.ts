import { createContext } from 'svelte'
import type { Room } from '#contracts/chat'
import type { Page } from '#contracts/page'
import { get, query, type Reply } from '$lib/api/client.ts'
import { Pages } from '$lib/ui/pages.svelte.ts'

/** The list of my rooms, shared by the list and the open room beside it. */
export class Rooms {
  readonly pages: Pages<Room>
  readonly #listingId: () => string | null
  trouble = $state.raw<Extract<Reply<never>, { ok: false }>['trouble'] | null>(null)

  constructor(first: Reply<Page<Room>>, listingId: () => string | null) {
    this.pages = new Pages<Room>(first.ok ? first.value : null)
    this.trouble = first.ok ? null : first.trouble
    this.#listingId = listingId
  }

  start(first: Reply<Page<Room>>): void {
    this.trouble = first.ok ? null : first.trouble
    if (first.ok) this.pages.start(first.value)
  }

  readonly read = (cursor: string | null) =>
    get<Page<Room>>(fetch, `/chat/rooms${query({ cursor, listingId: this.#listingId() })}`)

  /** Looks again at the newest; what was loaded further down stays. A failed look changes nothing. */
  async refresh(): Promise<void> {
    const reply = await this.read(null)
    if (!reply.ok) return
    this.trouble = null
    const fresh = new Set(reply.value.items.map(({ id }) => id))
    const further = this.pages.items.filter(({ id }) => !fresh.has(id))
    const hadMore = this.pages.items.length > reply.value.items.length
    const cursor = hadMore ? this.pages.cursor : reply.value.nextCursor
    if (this.pages.phase === 'loading') return
    this.pages.items = [...reply.value.items, ...(hadMore ? further : [])]
    this.pages.cursor = cursor
  }

  /** What the open room knows better than the list, at once. */
  note(room: Room): void {
    const known = this.pages.items.find(({ id }) => id === room.id)
    if (!known) return
    const items = this.pages.items.map((item) => (item.id === room.id ? room : item))
    this.pages.items = items.sort((a, b) => b.lastAt.localeCompare(a.lastAt))
  }

  remove(id: string): void {
    this.pages.remove(id)
  }
}

/** How the open room reaches the list beside it. */
export const [sharedRooms, shareRooms] = createContext<Rooms>()
