import type { Result } from '#contracts/errors'
import { openCursor, sealCursor } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { SearchEnv } from './env.ts'
import { type Ended, endedOf, type Reading } from './find.rules.ts'
import type { FoundTexts, Hit } from './hit.rules.ts'
import { type Asked, pageOf } from './page.service.ts'
import { type Word, wordsOf } from './query.rules.ts'
import { slipOf } from './slip.rules.ts'

/** A search on any shelf: the words, the list its cursors belong to, and how a hit is shown. */
export type Question<Sort extends string, Card> = Asked<Sort, Card> & {
  q: string
  list: string
  textOf: (hit: Hit<Card>, words: readonly Word[]) => string
}

/** Where the page before ended, by the cursor of this list. */
export function endedBy(env: SearchEnv, list: string, cursor: string | undefined): Result<Ended | null> {
  if (cursor === undefined) return ok(null)
  const opened = openCursor(env.CURSOR_SECRET, list, cursor)
  if (!opened.ok) return opened
  const ended = endedOf(opened.value)
  return ended === null ? refuse('CURSOR_INVALID') : ok(ended)
}

/** Asks the index; a query that finds nothing is read once more as typed on the other keyboard. */
export async function askIndex<Sort extends string, Card>(
  env: SearchEnv,
  question: Question<Sort, Card>,
  ended: Ended | null,
): Promise<FoundTexts> {
  const onOtherKeyboard = async (): Promise<FoundTexts | null> => {
    const slip = slipOf(question.q)
    return slip === null
      ? null
      : await answer(env, question, { reading: 'other_keyboard', query: slip }, ended)
  }
  if (ended?.reading === 'other_keyboard') {
    const further = await onOtherKeyboard()
    if (further !== null) return further
  }
  const found = await answer(env, question, { reading: 'as_typed', query: question.q }, ended)
  if (found.total > 0 || ended !== null) return found
  const corrected = await onOtherKeyboard()
  return corrected !== null && corrected.total > 0 ? corrected : found
}

type Read = { reading: Reading; query: string }

async function answer<Sort extends string, Card>(
  env: SearchEnv,
  question: Question<Sort, Card>,
  read: Read,
  ended: Ended | null,
): Promise<FoundTexts> {
  const words = wordsOf(read.query)
  const correctedQuery = read.reading === 'other_keyboard' ? read.query : null
  const empty = { items: [], nextCursor: null, total: 0, totalIsCapped: false, correctedQuery }
  if (words.length === 0) return empty
  const { hits, total, cap } = await pageOf(env.DB, question, words, ended)
  const shown = hits.slice(0, question.limit)
  const last = hits.length > question.limit ? shown.at(-1) : undefined
  const place = last && [read.reading, keyOf(question, last), last.seq]
  return {
    ...empty,
    items: shown.map((hit) => question.textOf(hit, words)),
    nextCursor: place === undefined ? null : sealCursor(env.CURSOR_SECRET, question.list, place),
    // Something may have come between a remembered count and this page.
    total: Math.max(total, shown.length),
    totalIsCapped: total >= cap,
  }
}

function keyOf<Sort extends string, Card>(
  { sort, shelf }: Asked<Sort, Card>,
  { tier, m2, card }: Hit<Card>,
): number {
  if (sort === 'distance') return m2 ?? 0
  if (sort === 'relevance' || sort === 'newest') return tier
  return shelf.orders[sort].keyOf(card)
}
