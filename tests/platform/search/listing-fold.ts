import type { EventOf, ListingSnapshot, MadangEvent } from '#contracts/events'
import { imageUrls } from '#contracts/media'
import type { Search } from './alone.ts'
import { factsOfType, newestOf, wordsIn, wordsOffered } from './folding.ts'

type Card = {
  title: string
  status: string
  price: number
  views: number
  wishes: number
  nickname: string
  photo: string | null
  bumpedAt: number
}
export type State = { cards: Record<string, Card>; words: Record<string, number> }

/** What search must know once it has heard these facts: the newest version of each, and a deletion for good. */
export function fold(events: readonly MadangEvent[]): State {
  const gone = new Set(factsOfType(events, 'listing.deleted').map(({ data }) => data.id))
  const snapshots = newestOf(factsOfType(events, 'listing.posted', 'listing.changed'))
  const counted = newestOf(factsOfType(events, 'listing.counted'))
  const faces = newestOf(factsOfType(events, 'member.profile_changed'))
  const shown = [...snapshots.values()]
    .map(({ data }) => data)
    .filter(({ id, status }) => !gone.has(id) && status !== 'hidden')
  const cards = shown.map((data) => [
    data.id,
    cardOf(data, counted.get(data.id), faces.get(data.seller.id)?.data),
  ])
  return { cards: Object.fromEntries(cards), words: wordsIn(shown.map(({ title }) => title)) }
}

function cardOf(
  data: ListingSnapshot,
  counted: EventOf<'listing.counted'> | undefined,
  face: EventOf<'member.profile_changed'>['data'] | undefined,
): Card {
  const { views, wishes } = counted?.data.counts ?? data.counts
  return {
    title: data.title,
    status: data.status,
    price: data.price,
    views,
    wishes,
    nickname: face?.nickname ?? data.seller.nickname,
    photo: face?.photoId ? imageUrls(face.photoId).thumb : null,
    bumpedAt: data.bumpedAtMs,
  }
}

/** What search itself says: the cards it answers with, newest first, and the words it would suggest. */
export async function stateOf(search: Search, mark: string): Promise<State & { order: number[] }> {
  const pages = await search.pagesOf({ q: mark, sort: 'newest', limit: '50' })
  const cards = pages
    .flatMap(({ items }) => items)
    .map(({ id, title, status, price, counts: { views, wishes }, seller, bumpedAt }): [string, Card] => [
      id,
      {
        ...{ title, status, price, views, wishes, nickname: seller.nickname },
        ...{ photo: seller.photo?.thumb ?? null, bumpedAt: Date.parse(bumpedAt) },
      },
    ])
  return {
    cards: Object.fromEntries(cards),
    words: await wordsOffered(search.DB),
    order: cards.map(([, { bumpedAt }]) => bumpedAt),
  }
}
