import type { Result } from '#contracts/errors'
import type { ListingCard } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { SearchRequest } from '#contracts/search'
import { callWithin } from '#kit/call'
import { ok, refuse } from '#kit/result'
import type { SearchEnv } from './env.ts'
import { highlightsOf } from './highlight.rules.ts'
import type { Found } from './hit.rules.ts'
import { wordsOf } from './query.rules.ts'

const LISTINGS_DEADLINE_MS = 2_000
const RETRY_AFTER_SECONDS = 5

/**
 * While the index is out of reach: the plain list with the same filters, not narrowed by the words, marked `degraded`. It has
 * one page; a further page of a search waits for the index, since the two lists have nothing to do with each other.
 */
export async function plainListInstead(
  env: SearchEnv,
  request: SearchRequest,
  requestId: string,
): Promise<Result<Found>> {
  if (request.cursor !== undefined) return unavailable()
  const { q, sort, ...filters } = request
  const query = { ...filters, sort: sort === 'relevance' ? ('newest' as const) : sort }
  const ctx = {
    actor: { kind: 'worker', worker: 'search' } as const,
    requestId,
    idempotencyKey: `${requestId}:plain-list`,
  }
  const listed = await callWithin<Result<Page<ListingCard>>>(
    'search.listings',
    LISTINGS_DEADLINE_MS,
    () => env.LISTINGS.list(ctx, query),
    unavailable,
  )
  return listed.ok ? ok(degraded(listed.value, q)) : listed
}

const unavailable = () => refuse('UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS })

function degraded(page: Page<ListingCard>, query: string): Found {
  const words = wordsOf(query)
  return {
    items: page.items.map((card) => JSON.stringify({ ...card, highlights: highlightsOf(card.title, words) })),
    nextCursor: null,
    total: page.items.length,
    totalIsCapped: page.nextCursor !== null,
    correctedQuery: null,
    degraded: true,
  }
}
