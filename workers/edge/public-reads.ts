import { ListingId } from '#contracts/ids'
import { SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { rememberedVisitor } from './client.ts'
import { holderOf } from './credentials.ts'
import type { Upstream } from './env.ts'
import { askUpstream, inwardRequest, mayUseCache, type Passage, visitorKeyOf } from './passage.ts'
import { freshnessOf, type KeptReply, keptReplyOf, PublicCache } from './public-cache.ts'
import { dressed } from './reply-headers.ts'
import { noteSighting } from './sightings.ts'

/** How long a request waits for another one's fetch of the same thing before it asks for itself. */
const FLIGHT_WAIT_MS = 2 * SECOND_MS
/** Replies kept at least this long also go to the Cache API, which all isolates of a place share. */
const LONG_LIVED_MS = 60 * SECOND_MS

const cache = new PublicCache()
const flights = new Map<string, Promise<KeptReply | null>>()
/** Upstreams that have given something long-lived (photos); the others are never looked up in the Cache API. */
const longLived = new Set<Upstream>()

/** Drops what a write made old. */
export const purge = (tags: string[]): void => cache.purge(tags)

/** The kept reply to a read, or null when a worker must be asked. Costs no I/O: the hot path of every public page. */
export function serveKept(passage: Passage): Response | null {
  if (!mayUseCache(passage)) return null
  const kept = cache.read(keyOf(passage))
  if (kept.kind === 'none') return null
  if (kept.kind === 'stale') passage.ctx.waitUntil(renew(passage))
  return respond(passage, kept.reply)
}

/** Asks the worker and dresses the reply; a public one is kept, and all who want it at this moment share the one fetch. */
export async function readThrough(passage: Passage): Promise<Response> {
  if (!mayUseCache(passage)) return await readPast(passage)
  const key = keyOf(passage)
  const flight = passage.credential.kind === 'none' ? flights.get(key) : undefined
  const shared = flight ? await Promise.race([flight, scheduler.wait(FLIGHT_WAIT_MS).then(() => null)]) : null
  if (shared !== null) return respond(passage, shared)
  return await lead(passage, key)
}

/** Who may not be given what is kept leaves nothing there either: the reply goes through as it comes, without being read whole. */
async function readPast(passage: Passage): Promise<Response> {
  const reply = await askUpstream(passage, await inwardRequest(passage))
  const seen = ListingId.safeParse(reply.headers.get('x-madang-seen')).data
  if (seen !== undefined) countSighting(passage, seen)
  return dressed(reply)
}

/** Fetches for oneself and for whoever joins meanwhile; they get null when the reply is not for everyone. */
async function lead(passage: Passage, key: string): Promise<Response> {
  const askedAt = cache.now()
  const { promise, resolve } = Promise.withResolvers<KeptReply | null>()
  flights.set(key, promise)
  try {
    const reply = await fetchOrCacheApi(passage, key)
    const kept = await keepIfPublic(passage, key, reply, askedAt)
    resolve(kept)
    return kept === null ? dressed(reply) : respond(passage, kept)
  } finally {
    resolve(null)
    if (flights.get(key) === promise) flights.delete(key)
  }
}

/** Fetches a newer copy of a stale reply; it asks as nobody, since what it brings is for everybody. */
async function renew(passage: Passage): Promise<void> {
  const asNobody: Passage = { ...passage, credential: { kind: 'none' } }
  if (flights.has(keyOf(asNobody))) return
  try {
    await lead(asNobody, keyOf(asNobody))
  } catch (error) {
    log('warn', 'renewing a kept reply failed', { target: passage.pathname, ...describeError(error) })
  }
}

async function fetchOrCacheApi(passage: Passage, key: string): Promise<Response> {
  const mayHaveIt = longLived.has(passage.upstream)
  const stored = mayHaveIt ? await caches.default.match(cacheApiKey(passage, key)) : undefined
  if (stored) return stored
  return await askUpstream(passage, await inwardRequest(passage))
}

async function keepIfPublic(
  passage: Passage,
  key: string,
  reply: Response,
  askedAt: number,
): Promise<KeptReply | null> {
  const freshness = freshnessOf(reply.headers.get('cache-control'))
  if (freshness === null || reply.status !== 200 || passage.request.method !== 'GET') return null
  const kept = await keptReplyOf(reply, freshness)
  cache.keep(key, kept, askedAt)
  if (freshness.freshMs >= LONG_LIVED_MS && !reply.headers.has('cf-cache-status')) {
    longLived.add(passage.upstream)
    const copy = new Response(kept.body, { status: 200, headers: kept.headers })
    passage.ctx.waitUntil(caches.default.put(cacheApiKey(passage, key), copy))
  }
  return kept
}

/** A photo differs by the formats the browser takes; what else is public is the same for all. */
function keyOf({ target, request }: Passage): string {
  const accept = request.headers.get('accept') ?? ''
  const format = accept.includes('image/webp') ? 'webp' : accept.includes('image/avif') ? 'avif' : 'any'
  return `${format} ${target}`
}

function cacheApiKey({ request }: Passage, key: string): string {
  const url = new URL(request.url)
  url.searchParams.set('madang-format', key.slice(0, key.indexOf(' ')))
  return url.href
}

function respond(passage: Passage, kept: KeptReply): Response {
  if (kept.seen !== null) countSighting(passage, kept.seen)
  const isUnchanged = kept.etag !== null && passage.request.headers.get('if-none-match') === kept.etag
  if (isUnchanged) return new Response(null, { status: 304, headers: kept.headers })
  return new Response(passage.request.method === 'HEAD' ? null : kept.body, {
    status: kept.status,
    headers: kept.headers,
  })
}

function countSighting(passage: Passage, seen: ListingId): void {
  const isGuest = passage.credential.kind === 'none'
  const visitor = isGuest ? (passage.knownVisitor ?? rememberedVisitor(passage.client())) : undefined
  if (visitor === undefined) passage.ctx.waitUntil(countSightingOfUnknown(passage, seen))
  else noteSighting(seen, visitor, passage)
}

async function countSightingOfUnknown(passage: Passage, seen: ListingId): Promise<void> {
  const holder = await holderOf(passage.credential, passage.env)
  noteSighting(seen, holder?.memberId ?? (await visitorKeyOf(passage)), passage)
}
