import { fold, indexTokens, pairs } from '#kit/grams'
import type { GroupBuyRow } from './row.ts'

/** The two columns of the text index. */
export type Words = { title: string; body: string }

/** What can be found of a group buy. The parts are folded one by one, so that no pair runs from one into the next. */
export const wordsOf = ({
  title,
  keywords,
  description,
}: Pick<GroupBuyRow, 'title' | 'keywords' | 'description'>): Words => ({
  title: indexTokens(fold(title)),
  body: [...(JSON.parse(keywords) as string[]), description].map((part) => indexTokens(fold(part))).join(' '),
})

const QUERY_WORDS_MAX = 8

/** The MATCH expression of a query: every word is a phrase of its pairs, and all must be there; null when nothing can be looked for. */
export function matchOf(query: string): string | null {
  const phrases = query
    .split(/\s+/u)
    .map((word) => Array.from(fold(word)))
    .filter((chars) => chars.length > 0)
    .slice(0, QUERY_WORDS_MAX)
    .map((chars) => `"${(chars.length === 1 ? chars : pairs(chars)).join(' ')}"`)
  return phrases.length === 0 ? null : phrases.join(' AND ')
}
