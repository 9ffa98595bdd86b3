import type { Result } from '#contracts/errors'
import type { SearchRequest } from '#contracts/search'
import { callWithin } from '#kit/call'
import { ok, refuse } from '#kit/result'
import { askIndex, endedBy, type Question } from './answer.service.ts'
import type { StoredCard } from './card.rules.ts'
import type { SearchEnv } from './env.ts'
import { plainListInstead } from './fallback.service.ts'
import { listNameOf } from './find.rules.ts'
import { type Found, hitText } from './hit.rules.ts'
import { LISTINGS } from './shelves.ts'
import { tagClausesOf } from './tags.rules.ts'

export const INDEX_DEADLINE_MS = 2_000

/** Answers a search from the index; when the index is out of reach, from the plain list of listings. */
export async function search(
  env: SearchEnv,
  request: SearchRequest,
  requestId: string,
): Promise<Result<Found>> {
  if (request.sort === 'distance' && request.near === undefined) return needsNear()
  const question = questionOf(request)
  const ended = endedBy(env, question.list, request.cursor)
  if (!ended.ok) return ended
  return await callWithin(
    'search.d1',
    INDEX_DEADLINE_MS,
    async () => ok({ ...(await askIndex(env, question, ended.value)), degraded: false }),
    () => plainListInstead(env, request, requestId),
  )
}

export const needsNear = () =>
  refuse('VALIDATION_FAILED', { errors: [{ path: 'near', message: 'sort=distance needs near' }] })

const questionOf = (request: SearchRequest): Question<keyof typeof LISTINGS.orders, StoredCard> => ({
  ...{ q: request.q, sort: request.sort, limit: request.limit, list: listNameOf(request) },
  shelf: LISTINGS,
  exact: request,
  tagsOf: (exact) => tagClausesOf({ ...request, radiusKm: exact.radiusKm }),
  textOf: hitText,
})
