import type { ListingCard } from '#contracts/listings'

/** The store the service worker keeps public lists in; `SEEN_AT` is the header it adds with the moment of keeping. */
export const SEEN_STORE = 'madang-seen-lists'
export const SEEN_AT = 'x-madang-seen-at'
const SHOWN_MAX = 24

export type Seen = { cards: ListingCard[]; at: string }

/** The newest list this device has kept, or null. Lists are public, so nothing of a member's is among them. */
export async function lastSeen(): Promise<Seen | null> {
  if (!('caches' in globalThis)) return null
  const store = await caches.open(SEEN_STORE)
  const kept = await Promise.all((await store.keys()).map((request) => store.match(request)))
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

/**
 * Keeps a list that came inside its page, where the service worker could not see it. Best effort: without a store, or a
 * full one, offline simply shows less.
 */
export async function keepSeen(path: string, list: unknown): Promise<void> {
  if (!('caches' in globalThis)) return
  try {
    const store = await caches.open(SEEN_STORE)
    const headers = { 'content-type': 'application/json', [SEEN_AT]: new Date().toISOString() }
    await store.put(path, new Response(JSON.stringify(list), { headers }))
  } catch {
    // Said above.
  }
}
