import { z } from 'zod'
import type { PopularTerms, Suggestions } from '#contracts/search'
import { callWithin } from '#kit/call'
import { nowMs, toIso } from '#kit/clock'
import type { SearchEnv } from './env.ts'
import { otherKeyboardOf } from './slip.rules.ts'
import { prefixOf } from './suggest.rules.ts'
import { popularTerms, suggestionsWith } from './suggest.store.ts'

const SUGGESTIONS_MAX = 8
const POPULAR_MAX = 10
const DEADLINE_MS = 1_000

/**
 * What someone typing this may mean; when nothing begins so, what it would be on the other keyboard. Suggestions are a
 * convenience: when the index is out of reach there are none.
 */
export async function suggest(env: SearchEnv, query: string): Promise<Suggestions> {
  return await callWithin(
    'search.d1',
    DEADLINE_MS,
    async () => {
      const items = await beginningWith(env.DB, query)
      const slip = items.length > 0 ? null : otherKeyboardOf(query)
      if (slip === null) return { items }
      const meant = await beginningWith(env.DB, slip)
      return { items: meant.map(({ text }) => ({ text, kind: 'slip' as const })) }
    },
    () => ({ items: [] }),
  )
}

const Rows = z.array(z.object({ kind: z.enum(['title', 'query']), text: z.string() }))

async function beginningWith(db: D1Database, query: string): Promise<Suggestions['items']> {
  const prefix = prefixOf(query)
  if (prefix === null) return []
  const { results } = await suggestionsWith(db, prefix, SUGGESTIONS_MAX * 2).all()
  const byText = new Map(Rows.parse(results).map(({ kind, text }) => [text, { text, kind }]))
  return [...byText.values()].slice(0, SUGGESTIONS_MAX)
}

const Terms = z.array(z.object({ text: z.string() }))

/** The searches most visitors made in the last 24 hours; none when the index is out of reach. */
export async function popular(env: SearchEnv): Promise<PopularTerms> {
  const asOf = toIso(nowMs())
  return await callWithin(
    'search.d1',
    DEADLINE_MS,
    async () => {
      const { results } = await popularTerms(env.DB, POPULAR_MAX).all()
      return { items: Terms.parse(results).map(({ text }, index) => ({ text, rank: index + 1 })), asOf }
    },
    () => ({ items: [], asOf }),
  )
}
