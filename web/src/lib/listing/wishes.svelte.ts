import { SvelteMap } from 'svelte/reactivity'
import type { ListingId } from '#contracts/ids'
import { call, get, query } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { say } from '$lib/ui/toasts.svelte.ts'

type Mark = {
  wished: boolean /** What our own tap adds to the public number until it catches up. */
  drift: -1 | 0 | 1
}

const ASKED_AT_ONCE_MAX = 50

/**
 * Which things I have wished. Public lists are the same for everyone, so this is asked apart, once per id, and kept for as
 * long as the page lives. Only ever filled in the browser.
 */
class Wishes {
  #marks = new SvelteMap<ListingId, Mark>()
  #asked = new Set<ListingId>()

  has = (id: ListingId) => this.#marks.get(id)?.wished ?? false
  /** Taken back here since the list came; a list of wishes leaves it out. */
  dropped = (id: ListingId) => this.#marks.get(id)?.wished === false
  drift = (id: ListingId) => this.#marks.get(id)?.drift ?? 0

  /** Learns about the ids not known yet. A failed question is forgotten, so that the next list asks again. */
  async ask(ids: ListingId[]): Promise<void> {
    const fresh = ids.filter((id) => !this.#asked.has(id)).slice(0, ASKED_AT_ONCE_MAX)
    if (fresh.length === 0) return
    for (const id of fresh) this.#asked.add(id)
    const reply = await get<{ ids: ListingId[] }>(fetch, `/me/wishes/among${query({ ids: fresh.join(',') })}`)
    if (!reply.ok) for (const id of fresh) this.#asked.delete(id)
    else
      for (const id of reply.value.ids)
        if (!this.#marks.has(id)) this.#marks.set(id, { wished: true, drift: 0 })
  }

  /** Takes in what a list of one's own wishes says. A tap made here since is newer and stays. */
  know(ids: ListingId[]): void {
    for (const id of ids) {
      this.#asked.add(id)
      if (!this.#marks.has(id)) this.#marks.set(id, { wished: true, drift: 0 })
    }
  }

  /** Shows the change at once; takes it back and says why when it is refused. PUT and DELETE may run twice. */
  async toggle(id: ListingId): Promise<void> {
    const before: Mark = this.#marks.get(id) ?? { wished: false, drift: 0 }
    const wished = !before.wished
    this.#marks.set(id, { wished, drift: before.drift === 0 ? (wished ? 1 : -1) : 0 })
    const reply = await call(fetch, wished ? 'PUT' : 'DELETE', `/listings/${id}/wish`)
    if (reply.ok && wished) return say(m.wish_added())
    if (reply.ok) return say(m.wish_removed(), 'plain', { word: m.undo(), run: () => void this.toggle(id) })
    this.#marks.set(id, before)
    say(sentenceOf(reply.trouble), 'refusal')
  }

  forget(): void {
    this.#marks.clear()
    this.#asked.clear()
  }
}

export const wishes = new Wishes()
