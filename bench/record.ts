import { MadangEvent } from '#contracts/events'
import { consume } from '#kit/consume'
import { app as listings } from '../workers/listings/http.ts'
import { handlersOf as searchHandlersOf } from '../workers/search/consumer.ts'
import { app as search } from '../workers/search/http.ts'
import type { Recording } from './recording.ts'
import { openD1 } from './sqlite-d1.ts'

export type Cases = {
  list: string[]
  detail: string[]
  search: string[]
  create: { path: string; body: string; token: string; posters: string[] }
}

const isRead = ({ statements }: Recording['before'][number]): boolean =>
  statements.every(({ sql }) => /^\s*(SELECT|WITH)/i.test(sql))

/**
 * Lets the workers' own apps answer each request of the cases in this process, over the same rows, and notes the statements
 * they run: what floor (b) then repeats. A read is recorded at its second run, once what is done once an hour is done.
 */
export async function recordCases(
  files: { listings: string; search: string },
  cases: Cases,
  keys: JsonWebKey[],
): Promise<Record<string, Recording[]>> {
  let recording: Recording = { before: [], after: [], fresh: [] }
  let hearing: 'before' | 'after' | null = null
  const listener = (operation: Recording['before'][number]) => {
    if (hearing) recording[hearing].push(operation)
  }
  const databases = {
    listings: openD1(files.listings, 'LISTINGS', listener),
    search: openD1(files.search, 'SEARCH', listener),
  }
  const sent: unknown[] = []
  const queue = {
    sendBatch: async (messages: { body: unknown }[]) => void sent.push(...messages.map(({ body }) => body)),
  }
  const identity = { jwks: async () => ({ keys }) }
  const shared = {
    IDENTITY: identity,
    MEDIA: {},
    LISTINGS: {},
    TALLY: {},
    SEARCH_INBOX: queue,
    MEDIA_INBOX: queue,
    NOTIFICATIONS_INBOX: queue,
    CHAT_INBOX: queue,
    CURSOR_SECRET: 'c'.repeat(64),
  }
  const apps = {
    listings: { app: listings, env: { ...shared, DB: databases.listings.db } },
    search: { app: search, env: { ...shared, DB: databases.search.db } },
  }
  const ask = async (name: keyof typeof apps, request: Request): Promise<Recording> => {
    recording = { before: [], after: [], fresh: [] }
    hearing = 'before'
    const later: Promise<unknown>[] = []
    const ctx = {
      waitUntil: (work: Promise<unknown>) => void later.push(work),
      passThroughOnException: () => {},
      props: {},
    }
    const { app, env } = apps[name]
    // In workerd the runtime makes env and ctx; the app reads no more of them than is here.
    const reply = await app.fetch(request, env as never, ctx as never)
    if (!reply.ok) throw new Error(`${request.url} answered ${reply.status}: ${await reply.text()}`)
    // What a read leaves to do later (noting the words searched) is gathered from many and written once: not this one's.
    hearing = request.method === 'GET' ? null : 'after'
    if (hearing) await Promise.all(later)
    return recording
  }
  const url = (path: string) => `http://madang.example${path}`
  const reads = async (name: keyof typeof apps, paths: string[]) => {
    const recordings: Recording[] = []
    for (const path of paths) {
      await ask(name, new Request(url(path)))
      const { before } = await ask(name, new Request(url(path)))
      recordings.push({ before: before.filter(isRead), after: [], fresh: [] })
    }
    return recordings
  }
  try {
    const read = {
      list: await reads('listings', cases.list),
      detail: await reads('listings', cases.detail),
      search: await reads('search', cases.search),
    }
    const { path, body, token, posters } = cases.create
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const create = await ask('listings', new Request(url(path), { method: 'POST', body, headers }))
    const events = sent.map((event) => MadangEvent.parse(event))
    const messages = events.map((event) => ({ body: event, attempts: 1, ack: () => {}, retry: () => {} }))
    // What search does with the fact is part of what a posting costs the machine.
    await consume(
      { queue: 'bench', messages } as never,
      databases.search.db,
      searchHandlersOf({ DB: databases.search.db }),
    )
    create.fresh = [...new Set(events.flatMap(({ id, aggregateId }) => [id, aggregateId]))]
    return { ...read, create: posters.map((poster) => inTheNameOf(create, posters[0] ?? '', poster)) }
  } finally {
    databases.listings.close()
    databases.search.close()
  }
}

/** The same posting by another member: no member may have too many things open. */
const inTheNameOf = (recording: Recording, from: string, to: string): Recording =>
  // Every id in it is a string, so the text of the recording can be changed as a whole.
  JSON.parse(JSON.stringify(recording).replaceAll(from, to))
