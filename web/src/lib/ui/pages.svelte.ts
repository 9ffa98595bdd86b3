import { untrack } from 'svelte'
import type { Page } from '#contracts/page'
import type { Reply, Trouble } from '$lib/api/client.ts'

export type KeptPages<Item> = { items: Item[]; cursor: string | null; scrollY: number }

/** A list that grows page by page. Items that moved between two pages while we read are shown once. */
export class Pages<Item extends { id: string }> {
  items = $state.raw<Item[]>([])
  cursor = $state<string | null>(null)
  phase = $state<'idle' | 'loading' | 'failed'>('idle')
  trouble = $state.raw<Trouble | null>(null)
  #generation = 0

  constructor(first: Page<Item> | null) {
    this.start(first)
  }

  /** Begins again; an answer still on its way for the list before is dropped when it comes. */
  start(first: Page<Item> | null): void {
    this.#generation++
    this.items = first?.items ?? []
    this.cursor = first?.nextCursor ?? null
    this.phase = 'idle'
  }

  /** Fetches the next page; a second call while one is on its way does nothing. */
  async more(load: (cursor: string) => Promise<Reply<Page<Item>>>): Promise<void> {
    if (this.cursor === null || this.phase === 'loading') return
    const generation = this.#generation
    this.phase = 'loading'
    const reply = await load(this.cursor)
    if (generation !== this.#generation) return
    if (!reply.ok) {
      this.trouble = reply.trouble
      this.phase = 'failed'
      return
    }
    const known = new Set(this.items.map((item) => item.id))
    this.items = [...this.items, ...reply.value.items.filter((item) => !known.has(item.id))]
    this.cursor = reply.value.nextCursor
    this.phase = 'idle'
  }

  remove(id: string): void {
    this.items = this.items.filter((item) => item.id !== id)
  }

  /** For SvelteKit's snapshot: what to show again when the reader comes back. */
  keep(): KeptPages<Item> {
    return { items: this.items, cursor: this.cursor, scrollY: globalThis.scrollY ?? 0 }
  }

  restore(kept: KeptPages<Item>): void {
    if (kept.items.length < this.items.length) return
    this.#generation++
    this.items = kept.items
    this.cursor = kept.cursor
    this.phase = 'idle'
    requestAnimationFrame(() => scrollTo({ top: kept.scrollY, behavior: 'instant' }))
  }
}

/** A page's list, made while its component is: it begins with the first page that is loaded, and again with each later one. */
export function pagesFrom<Item extends { id: string }>(first: () => Page<Item> | null): Pages<Item> {
  let shown = untrack(first)
  const list = new Pages<Item>(shown)
  $effect.pre(() => {
    const now = first()
    if (now !== shown) list.start(now)
    shown = now
  })
  return list
}
