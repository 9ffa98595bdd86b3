import { disassemble } from 'es-hangul'
import { fold, isSyllable, LEADING_JAMO, pairs } from './text.rules.ts'

/** A word of a query: text found anywhere, or first consonants (초성) found in titles. */
export type Word = { kind: 'text' | 'initials'; chars: readonly string[] }

export const QUERY_WORDS_MAX = 8
const WORD_CHARS_MAX = 60

const CONSONANT = /^[ㄱ-ㅎ]$/u

/** The words of a query, folded; equal ones once, at most QUERY_WORDS_MAX. Empty when nothing in it can be searched. */
export function wordsOf(query: string): Word[] {
  const words = new Map<string, Word>()
  for (const part of query.split(/\s+/u)) {
    const word = wordOf(fold(part))
    if (word !== null) words.set(`${word.kind}:${word.chars.join('')}`, word)
  }
  return [...words.values()].slice(0, QUERY_WORDS_MAX)
}

function wordOf(folded: string): Word | null {
  const chars = Array.from(folded).slice(0, WORD_CHARS_MAX)
  if (chars.length === 0) return null
  if (chars.some((char) => CONSONANT.test(char)) && !chars.some(isSyllable)) return initialsWord(chars)
  return { kind: 'text', chars: withoutUnfinishedSyllable(chars) }
}

/** ㄳ is ㄱ and ㅅ typed in a row on some keyboards. A vowel on its own is no initial: such a word is searched as text. */
function initialsWord(chars: string[]): Word {
  const single = chars.flatMap((char) => (CONSONANT.test(char) ? Array.from(disassemble(char)) : [char]))
  const searchable = single.every((char) => LEADING_JAMO.includes(char) || !/[ㄱ-ㆎ]/u.test(char))
  return searchable ? { kind: 'initials', chars: single } : { kind: 'text', chars }
}

/** "자전ㄱ" is 자전거 still being typed: the last consonant says too little to be searched. */
function withoutUnfinishedSyllable(chars: string[]): string[] {
  const last = chars.at(-1) ?? ''
  const beforeLast = chars.at(-2) ?? ''
  return CONSONANT.test(last) && isSyllable(beforeLast) ? chars.slice(0, -1) : chars
}

/** FTS5 expressions of a query. `titled` is null when there is no second, weaker way to match. */
export type Match = { everywhere: string; titled: string; onlyInBody: string | null }

/**
 * MATCH expressions made of letters and digits only: each word is a phrase of its pairs, all words must be there, and the
 * tags of the filters stand inside the expression, so that the index does the AND and stops after a page.
 */
export function matchOf(words: readonly Word[], tags: readonly TagClause[]): Match {
  const texts = words.filter(({ kind }) => kind === 'text').map(phraseOf)
  const initials = words.filter(({ kind }) => kind === 'initials').map(phraseOf)
  const rest = [...(initials.length > 0 ? [columns('initials', initials)] : []), ...tags.map(tagClause)]
  const titled = columns('title', texts)
  const everywhere = columns('{title body}', texts)
  return {
    titled: all([titled, ...rest]),
    everywhere: all([everywhere, ...rest]),
    onlyInBody: texts.length === 0 ? null : all([`(${everywhere} NOT ${titled})`, ...rest]),
  }
}

/** Any of these tags; several clauses must all hold. */
export type TagClause = readonly string[]

const tagClause = (anyOf: TagClause): string => `tags : (${anyOf.map((tag) => `"${tag}"`).join(' OR ')})`
const all = (clauses: readonly string[]): string => clauses.filter((clause) => clause !== '').join(' AND ')
const columns = (names: string, phrases: readonly string[]): string =>
  phrases.length === 0 ? '' : `(${names} : (${phrases.join(' AND ')}))`

function phraseOf({ chars }: Word): string {
  return `"${(chars.length === 1 ? chars : pairs(chars)).join(' ')}"`
}
