import type { ListingId } from '#contracts/ids'
import type { Sighting } from '#contracts/listings.api'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { Passage } from './passage.ts'

/** Looks wait this long to travel together; the cache in front would otherwise have to call once a hit. */
const FLUSH_AFTER_MS = SECOND_MS
const WAITING_MAX = 1_000

let waiting = new Map<string, Sighting>()
let flushDueMs = 0

/**
 * Notes that a visitor looked at something (`x-madang-seen` of its reply). Sent in batches; an isolate that dies takes at
 * most a second of looks with it, which costs a few views and nothing else.
 */
export function noteSighting(listingId: ListingId, visitor: string, passage: Passage): void {
  const look = `${listingId} ${visitor}`
  if (!waiting.has(look) && waiting.size < WAITING_MAX) waiting.set(look, { listingId, visitor })
  // A flush whose request was cut off never came: the next look past its time starts another, also when all places are taken.
  if (nowMs() < flushDueMs + FLUSH_AFTER_MS) return
  flushDueMs = nowMs() + FLUSH_AFTER_MS
  passage.ctx.waitUntil(flushLater(passage))
}

async function flushLater({ requestId, env }: Passage): Promise<void> {
  await scheduler.wait(FLUSH_AFTER_MS)
  const batch = [...waiting.values()]
  waiting = new Map()
  flushDueMs = 0
  try {
    const actor = { kind: 'worker', worker: 'edge' } as const
    await env.LISTINGS_RPC.seen({ actor, requestId, idempotencyKey: `seen:${requestId}` }, batch)
  } catch (error) {
    log('warn', 'looks lost', describeError(error))
  }
}
