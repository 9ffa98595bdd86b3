import type { ListingCard } from '#contracts/listings'
import { FRAME_KEY, neededFor } from './kept-rules.ts'
import { keptPaths, SEEN_AT, SEEN_STORE } from './kept-store.ts'

const FEED = '/api/v1/listings'
const SHOWN_MAX = 24

export type Seen = { cards: ListingCard[]; at: string }

/** The newest list of things this device has kept, or null. */
export async function lastSeen(): Promise<Seen | null> {
  if (!('caches' in globalThis)) return null
  const store = await caches.open(SEEN_STORE)
  const keys = (await store.keys()).filter(({ url }) => new URL(url).pathname === FEED)
  const kept = await Promise.all(keys.map((request) => store.match(request)))
  const newest = kept
    .flatMap((response) => (response ? [{ response, at: response.headers.get(SEEN_AT) ?? '' }] : []))
    .filter(({ at }) => at !== '')
    .sort((a, b) => b.at.localeCompare(a.at))
  // A question that found nothing was kept too, but shows nobody anything.
  for (const { response, at } of newest) {
    const page: { items: ListingCard[] } = await response.json()
    if (page.items.length > 0) return { cards: page.items.slice(0, SHOWN_MAX), at }
  }
  return null
}

/** Which of these pages can be read from this device alone. Without a frame nobody knows whose they would be: none. */
export async function readable(pages: readonly string[]): Promise<string[]> {
  const kept = await keptPaths().catch(() => new Set<string>())
  if (!kept.has(FRAME_KEY)) return []
  return pages.filter((page) => kept.has(neededFor(page) ?? ''))
}
