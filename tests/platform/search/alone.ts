import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { Problem } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { Category, ListingStatus } from '#contracts/listings'
import { PopularTerms, SearchReply, Suggestions } from '#contracts/search'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** The search worker alone in workerd, fed with events by hand: what other domains would have told. */
export async function startSearch() {
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: 'workers/search/wrangler.toml',
        bindingOverrides: { LISTINGS: 'neighbours', IDENTITY: 'neighbours' },
        secrets: { CURSOR_SECRET: 'a-secret-of-the-tests-of-search-alone' },
      },
      {
        config: {
          name: 'neighbours',
          main: 'tests/platform/search/neighbours.worker.ts',
          compatibility_date: '2026-11-01',
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker<{ DB: D1Database }>('madang-search')
  await worker.applyD1Migrations('DB')
  const { DB } = await worker.getEnv()
  const inbox = QueueHandler.parse(await worker.getExport())

  /** Hands events to the consumer as one batch of the inbox queue; throws when one of them would be retried. */
  async function hear(events: readonly MadangEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH) {
      const messages = events.slice(start, start + BATCH).map((body, index) => ({
        id: `${body.id}-${index}`,
        timestamp: new Date(body.at),
        attempts: 1,
        body,
      }))
      const result = await inbox.queue('madang-search-inbox', messages)
      if (result.retryMessages.length > 0)
        throw new Error(`${result.retryMessages.length} events not handled`)
    }
  }

  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await worker.fetch(`http://search/api/v1/${path}`, { headers })
    const json: unknown = await response.json()
    return { status: response.status, headers: response.headers, json }
  }

  /** A search that must succeed. */
  async function find(question: Question): Promise<SearchReply> {
    const { status, json } = await get(`search?${new URLSearchParams(question)}`)
    if (status !== 200) throw new Error(`search answered ${status}: ${JSON.stringify(json)}`)
    return SearchReply.parse(json)
  }

  /** A search that must be refused; gives the status and code. */
  async function refused(question: Question): Promise<{ status: number; code: string }> {
    const { status, json } = await get(`search?${new URLSearchParams(question)}`)
    return { status, code: Problem.parse(json).code }
  }

  const suggest = async (q: string) =>
    Suggestions.parse((await get(`search/suggest?${new URLSearchParams({ q })}`)).json).items
  const popular = async () => PopularTerms.parse((await get('search/popular')).json).items

  return { DB, worker, hear, get, find, refused, suggest, popular, close: () => server.close() }
}

/** The default export's queue handler, which the types of the platform leave out of a service. */
const QueueHandler = z.custom<{
  queue(name: string, messages: object[]): Promise<{ retryMessages: { msgId: string }[] }>
}>((value) => typeof value === 'object' || typeof value === 'function')

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
