import { nowMs, SECOND_MS } from '#kit/clock'
import { dressForOutside } from './reply-headers.ts'

/** All kept replies together; what was kept longest ago goes first (whatever is asked for is renewed every few seconds). */
const CACHE_BYTES_MAX = 16 * 1024 * 1024
/** One reply larger than this is not worth its place. */
const ENTRY_BYTES_MAX = 512 * 1024
/** A map entry's own cost beside its body. */
const ENTRY_OVERHEAD_BYTES = 1_024

export type KeptReply = {
  status: number
  body: ArrayBuffer
  headers: [string, string][]
  tags: string[]
  /** What a look at this reply counts for (`x-madang-seen`). */
  seen: string | null
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
  const headers = [...dressForOutside(new Headers(reply.headers))].filter(
    ([name]) => !NOT_KEPT_HEADERS.has(name),
  )
  return {
    status: reply.status,
    body,
    headers,
    tags: reply.headers.get('cache-tag')?.split(',') ?? [],
    seen: reply.headers.get('x-madang-seen'),
    etag: reply.headers.get('etag'),
    freshUntilMs,
    staleUntilMs: freshUntilMs + staleMs,
  }
}

const NOT_KEPT_HEADERS = new Set(['set-cookie', 'content-length', 'content-encoding', 'transfer-encoding'])

/**
 * Public replies kept in this isolate: a bounded map in the order they were kept, an index from tags to keys. It is a copy of what
 * the domains say and may be lost at any moment.
 */
export class PublicCache {
  readonly #entries = new Map<string, KeptReply>()
  readonly #keysByTag = new Map<string, Set<string>>()
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

  keep(key: string, reply: KeptReply): void {
    this.#drop(key)
    if (reply.body.byteLength > ENTRY_BYTES_MAX) return
    this.#entries.set(key, reply)
    this.#bytes += bytesOf(reply)
    for (const tag of reply.tags) this.#keysOf(tag).add(key)
    this.#shrink()
  }

  /** Drops every reply that shows one of these things. */
  purge(tags: string[]): void {
    for (const tag of tags) {
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
