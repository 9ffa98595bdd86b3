import type { Result } from '#contracts/errors'
import type { GroupBuySearchRequest } from '#contracts/search'
import { callWithin } from '#kit/call'
import { nowMs } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { askIndex, endedBy, type Question } from './answer.service.ts'
import type { SearchEnv } from './env.ts'
import { buyListNameOf } from './find.rules.ts'
import { INDEX_DEADLINE_MS, needsNear } from './find.service.ts'
import { buyHitOf, type StoredBuyCard } from './group-buy-card.rules.ts'
import type { FoundTexts } from './hit.rules.ts'
import { GROUP_BUYS } from './shelves.ts'
import { buyTagClausesOf } from './tags.rules.ts'

const RETRY_AFTER_SECONDS = 5

/**
 * Finds group buys as `search` finds listings, from the same database. Without the index there is no other list to fall back on here: the
 * list of group-buys has words of its own, and whoever shows both goes on without this one.
 */
export async function searchGroupBuys(
  env: SearchEnv,
  request: GroupBuySearchRequest,
): Promise<Result<FoundTexts>> {
  if (request.sort === 'distance' && request.near === undefined) return needsNear()
  const question = questionOf(request)
  const ended = endedBy(env, question.list, request.cursor)
  if (!ended.ok) return ended
  return await callWithin<Result<FoundTexts>>(
    'search.d1',
    INDEX_DEADLINE_MS,
    async () => ok(await askIndex(env, question, ended.value)),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  )
}

const questionOf = (
  request: GroupBuySearchRequest,
): Question<keyof typeof GROUP_BUYS.orders, StoredBuyCard> => ({
  ...{ q: request.q, sort: request.sort, limit: request.limit, list: buyListNameOf(request) },
  shelf: GROUP_BUYS,
  exact: {
    ...{ near: request.near, radiusKm: request.radiusKm },
    // Its deadline ends it, whether its end was heard yet or not.
    openAfterMs: request.state === 'recruiting' ? nowMs() : undefined,
  },
  tagsOf: ({ radiusKm }) => buyTagClausesOf({ ...request, radiusKm }),
  textOf: (hit, words) => JSON.stringify(buyHitOf(hit, words)),
})
