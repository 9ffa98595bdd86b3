import { ListingId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { dressForOutside } from './reply-headers.ts'

/** All kept replies together; what was kept longest ago goes first (whatever is asked for is renewed every few seconds). */
const CACHE_BYTES_MAX = 16 * 1024 * 1024
/** One reply larger than this is not worth its place. */
const ENTRY_BYTES_MAX = 512 * 1024
/** Purges remembered by tag; when there are more, replies on their way just now are not kept. */
const PURGED_TAGS_MAX = 5_000
/** A map entry's own cost beside its body. */
const ENTRY_OVERHEAD_BYTES = 1_024

export type KeptReply = {
  status: number
  body: ArrayBuffer
  headers: Headers
  tags: string[]
  /** What a look at this reply counts for (`x-madang-seen`). */
  seen: ListingId | null
  etag: string | null
  freshUntilMs: number
  staleUntilMs: number
}

type Freshness = { freshMs: number; staleMs: number }

/** How long a reply may be kept, by its own Cache-Control; null when it is not for everyone. */
export function freshnessOf(cacheControl: string | null): Freshness | null {
  if (cacheControl === null || !/\bpublic\b/.test(cacheControl) || /no-store|private/.test(cacheControl))
    return null
  const seconds = (name: string) =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(cacheControl)?.[1] ?? Number.NaN)
  const shared = seconds('s-maxage')
  const freshSeconds = Number.isNaN(shared) ? seconds('max-age') : shared
  if (Number.isNaN(freshSeconds) || freshSeconds <= 0) return null
  return { freshMs: freshSeconds * SECOND_MS, staleMs: (seconds('stale-while-revalidate') || 0) * SECOND_MS }
}

/** A reply read whole and dressed for the outside, ready to be given to many. */
export async function keptReplyOf(reply: Response, { freshMs, staleMs }: Freshness): Promise<KeptReply> {
  const body = await reply.arrayBuffer()
  const freshUntilMs = nowMs() + freshMs
  const headers = dressForOutside(new Headers(reply.headers))
  for (const name of NOT_KEPT_HEADERS) headers.delete(name)
  return {
    status: reply.status,
    body,
    headers,
    tags: reply.headers.get('cache-tag')?.split(',') ?? [],
    seen: ListingId.safeParse(reply.headers.get('x-madang-seen')).data ?? null,
    etag: reply.headers.get('etag'),
    freshUntilMs,
    staleUntilMs: freshUntilMs + staleMs,
  }
}

const NOT_KEPT_HEADERS = ['set-cookie', 'content-length', 'content-encoding', 'transfer-encoding']

/**
 * Public replies kept in this isolate: a bounded map in the order they were kept, an index from tags to keys. It is a copy of what
 * the domains say and may be lost at any moment.
 */
export class PublicCache {
  readonly #entries = new Map<string, KeptReply>()
  readonly #keysByTag = new Map<string, Set<string>>()
  /** When a tag was last purged, counted in purges; what was asked for before must not be kept after it. */
  readonly #purgedAt = new Map<string, number>()
  #purges = 0
  #forgottenBefore = 0
  #bytes = 0

  /** The kept reply of a key and whether it is fresh, stale (serve it, fetch a newer one) or not there. */
  read(key: string): { kind: 'fresh' | 'stale'; reply: KeptReply } | { kind: 'none' } {
    const reply = this.#entries.get(key)
    if (!reply) return { kind: 'none' }
    const now = nowMs()
    if (now >= reply.staleUntilMs) {
      this.#drop(key)
      return { kind: 'none' }
    }
    return { kind: now < reply.freshUntilMs ? 'fresh' : 'stale', reply }
  }

  /** A mark of this moment, to be given to `keep` with what was asked for from here on. */
  now(): number {
    return this.#purges
  }

  /** Keeps a reply, unless something it shows was purged since it was asked for: it may be older than that write. */
  keep(key: string, reply: KeptReply, askedAt: number): void {
    this.#drop(key)
    const isOutdated =
      askedAt < this.#forgottenBefore || reply.tags.some((tag) => (this.#purgedAt.get(tag) ?? 0) > askedAt)
    if (isOutdated || reply.body.byteLength > ENTRY_BYTES_MAX) return
    this.#entries.set(key, reply)
    this.#bytes += bytesOf(reply)
    for (const tag of reply.tags) this.#keysOf(tag).add(key)
    this.#shrink()
  }

  /** Drops every reply that shows one of these things. */
  purge(tags: string[]): void {
    this.#purges += 1
    if (this.#purgedAt.size > PURGED_TAGS_MAX) {
      this.#purgedAt.clear()
      this.#forgottenBefore = this.#purges
    }
    for (const tag of tags) {
      this.#purgedAt.set(tag, this.#purges)
      for (const key of this.#keysByTag.get(tag) ?? []) this.#drop(key)
    }
  }

  #keysOf(tag: string): Set<string> {
    const known = this.#keysByTag.get(tag)
    if (known) return known
    const fresh = new Set<string>()
    this.#keysByTag.set(tag, fresh)
    return fresh
  }

  #drop(key: string): void {
    const reply = this.#entries.get(key)
    if (!reply) return
    this.#entries.delete(key)
    this.#bytes -= bytesOf(reply)
    for (const tag of reply.tags) {
      const keys = this.#keysByTag.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysByTag.delete(tag)
    }
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= CACHE_BYTES_MAX) return
      this.#drop(key)
    }
  }
}

const bytesOf = (reply: KeptReply): number => reply.body.byteLength + ENTRY_OVERHEAD_BYTES
