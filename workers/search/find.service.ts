import type { Result } from '#contracts/errors'
import type { SearchRequest } from '#contracts/search'
import { callWithin } from '#kit/call'
import { openCursor, sealCursor } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { FIELD_AT } from './card.rules.ts'
import type { SearchEnv } from './env.ts'
import { plainListInstead } from './fallback.service.ts'
import { type Ended, endedOf, listNameOf, type Reading } from './find.rules.ts'
import { type Found, type Hit, hitText } from './hit.rules.ts'
import { pageOf } from './page.service.ts'
import { wordsOf } from './query.rules.ts'
import { slipOf } from './slip.rules.ts'

const INDEX_DEADLINE_MS = 2_000

/**
 * Answers a search from the index; when the index is out of reach, from the plain list of listings. A query that finds nothing
 * is read once more as typed on the other keyboard.
 */
export async function search(
  env: SearchEnv,
  request: SearchRequest,
  requestId: string,
): Promise<Result<Found>> {
  if (request.sort === 'distance' && request.near === undefined) {
    const errors = [{ path: 'near', message: 'sort=distance needs near' }]
    return refuse('VALIDATION_FAILED', { errors })
  }
  const ended = endedBy(env, request)
  if (!ended.ok) return ended
  return await callWithin(
    'search.d1',
    INDEX_DEADLINE_MS,
    async () => ok(await searchIndex(env, request, ended.value)),
    () => plainListInstead(env, request, requestId),
  )
}

function endedBy(env: SearchEnv, request: SearchRequest): Result<Ended | null> {
  if (request.cursor === undefined) return ok(null)
  const opened = openCursor(env.CURSOR_SECRET, listNameOf(request), request.cursor)
  if (!opened.ok) return opened
  const ended = endedOf(opened.value)
  return ended === null ? refuse('CURSOR_INVALID') : ok(ended)
}

async function searchIndex(env: SearchEnv, request: SearchRequest, ended: Ended | null): Promise<Found> {
  const onOtherKeyboard = async (): Promise<Found | null> => {
    const slip = slipOf(request.q)
    return slip === null
      ? null
      : await answer(env, request, { reading: 'other_keyboard', query: slip }, ended)
  }
  if (ended?.reading === 'other_keyboard') {
    const further = await onOtherKeyboard()
    if (further !== null) return further
  }
  const found = await answer(env, request, { reading: 'as_typed', query: request.q }, ended)
  if (found.total > 0 || ended !== null) return found
  const corrected = await onOtherKeyboard()
  return corrected !== null && corrected.total > 0 ? corrected : found
}

type Read = { reading: Reading; query: string }

async function answer(
  env: SearchEnv,
  request: SearchRequest,
  read: Read,
  ended: Ended | null,
): Promise<Found> {
  const words = wordsOf(read.query)
  const correctedQuery = read.reading === 'other_keyboard' ? read.query : null
  const empty = {
    items: [],
    nextCursor: null,
    total: 0,
    totalIsCapped: false,
    correctedQuery,
    degraded: false,
  }
  if (words.length === 0) return empty
  const { hits, total, cap } = await pageOf(env.DB, request, words, ended)
  const shown = hits.slice(0, request.limit)
  const last = hits.length > request.limit ? shown.at(-1) : undefined
  return {
    ...empty,
    items: shown.map((hit) => hitText(hit, words)),
    nextCursor:
      last === undefined
        ? null
        : sealCursor(env.CURSOR_SECRET, listNameOf(request), [read.reading, keyOf(request, last), last.seq]),
    // A listing may have come between a remembered count and this page.
    total: Math.max(total, shown.length),
    totalIsCapped: total >= cap,
  }
}

function keyOf({ sort }: SearchRequest, { tier, m2, card }: Hit): number {
  if (sort === 'distance') return m2 ?? 0
  if (sort === 'price_asc' || sort === 'price_desc') return card[FIELD_AT.price]
  return sort === 'views' || sort === 'wishes' ? card[FIELD_AT[sort]] : tier
}
