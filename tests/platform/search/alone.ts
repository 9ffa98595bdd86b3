import { Problem } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { Category, ListingStatus } from '#contracts/listings'
import { GroupBuySearchReply, PopularTerms, SearchReply, Suggestions } from '#contracts/search'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { startAlone } from '../../support/worker-alone.ts'

/** The search worker alone in workerd, fed with events by hand: what other domains would have told. */
export async function startSearch() {
  const alone = await startAlone({ domain: 'search', neighbours: ['LISTINGS', 'IDENTITY'] })
  const { db: DB, worker, close } = alone

  /** Hands events to the consumer as batches of the inbox queue; throws when one of them would be retried. */
  async function hear(events: readonly MadangEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH) {
      const batch = events.slice(start, start + BATCH)
      const retried = await alone.deliver(batch.map((body, index) => ({ id: `${body.id}-${index}`, body })))
      if (retried.length > 0) throw new Error(`${retried.length} events not handled`)
    }
  }

  const get = (path: string, headers: Record<string, string> = {}) => alone.call('GET', path, { headers })

  /** A search that must succeed. */
  async function find(question: Question): Promise<SearchReply> {
    const { status, json } = await get(`search?${new URLSearchParams(question)}`)
    if (status !== 200) throw new Error(`search answered ${status}: ${JSON.stringify(json)}`)
    return SearchReply.parse(json)
  }

  /** All pages of a search, one after the other. */
  async function pagesOf(question: Question): Promise<SearchReply[]> {
    const pages = [await find(question)]
    for (
      let cursor = pages[0]?.nextCursor ?? null;
      cursor !== null;
      cursor = pages.at(-1)?.nextCursor ?? null
    )
      pages.push(await find({ ...question, cursor }))
    return pages
  }

  /** A search for group buys that must succeed. */
  async function findBuys(question: Question): Promise<GroupBuySearchReply> {
    const { status, json } = await get(`search/group-buys?${new URLSearchParams(question)}`)
    if (status !== 200) throw new Error(`search answered ${status}: ${JSON.stringify(json)}`)
    return GroupBuySearchReply.parse(json)
  }

  /** A search that must be refused; gives the status and code. */
  async function refused(question: Question, path = 'search'): Promise<{ status: number; code: string }> {
    const { status, json } = await get(`${path}?${new URLSearchParams(question)}`)
    return { status, code: Problem.parse(json).code }
  }

  const suggest = async (q: string) =>
    Suggestions.parse((await get(`search/suggest?${new URLSearchParams({ q })}`)).json).items
  const popular = async () => PopularTerms.parse((await get('search/popular')).json).items

  return {
    DB,
    worker,
    deliver: alone.deliver,
    hear,
    get,
    find,
    pagesOf,
    findBuys,
    refused,
    suggest,
    popular,
    close,
  }
}

export type Question = Record<string, string>
export type Search = Awaited<ReturnType<typeof startSearch>>

const BATCH = 50
const START_MS = Date.UTC(2026, 9, 1)
const MINUTE_MS = 60_000

export type Draft = {
  title: string
  description?: string
  category?: Category
  price?: number
  status?: ListingStatus
  location?: { lat: number; lng: number } | null
  counts?: { views: number; wishes: number }
  sellerId?: MemberId
}

let made = 0
/** `listing.posted` of a made-up listing; each next one is a minute newer. */
export function posted(draft: Draft): Extract<MadangEvent, { type: 'listing.posted' }> {
  const atMs = START_MS + made++ * MINUTE_MS
  const id = newId('lst', atMs)
  return eventOf(
    {
      type: 'listing.posted',
      aggregateId: id,
      version: 1,
      actorId: null,
      requestId: 'test',
      data: {
        id,
        seller: { id: draft.sellerId ?? newId('mem', atMs), nickname: '이웃', photo: null },
        title: draft.title,
        description: draft.description ?? '직거래해요',
        category: draft.category ?? 'other',
        price: draft.price ?? 10_000,
        status: draft.status ?? 'on_sale',
        images: [],
        region: '망원동',
        location: draft.location ?? null,
        counts: { views: 0, wishes: 0, comments: 0, chats: 0, ...draft.counts },
        createdAtMs: atMs,
        bumpedAtMs: atMs,
      },
    },
    atMs,
  )
}
