import { fold, initialsOf, jamoOf, LEADING_JAMO } from './text.rules.ts'

const WORD_CHARS_MIN = 2
const WORD_CHARS_MAX = 20
const WORDS_PER_TITLE_MAX = 12

/** The words of a title worth suggesting: folded, each once; not numbers alone, not longer than a person would type. */
export function suggestWordsOf(title: string): string[] {
  const words = title.split(/[^\p{L}\p{N}\p{M}]+/u).map(fold)
  return [...new Set(words)].filter(isSuggestible).slice(0, WORDS_PER_TITLE_MAX)
}

function isSuggestible(word: string): boolean {
  const length = Array.from(word).length
  return length >= WORD_CHARS_MIN && length <= WORD_CHARS_MAX && /\p{L}/u.test(word)
}

/** What a suggestion is found by: its letters in typing order, and its first consonants. */
export const suggestKeysOf = (text: string): { jamo: string; initials: string } => {
  const folded = fold(text)
  return { jamo: jamoOf(folded), initials: initialsOf(folded) }
}

/** How a half-typed text is looked up. First consonants alone (ㅈㅈㄱ) look in the other column. */
export type Prefix = { column: 'jamo' | 'initials'; prefix: string }

const PREFIX_JAMO_MAX = 40

export function prefixOf(query: string): Prefix | null {
  const folded = fold(query)
  if (folded === '') return null
  const chars = Array.from(jamoOf(folded))
  const onlyInitials = chars.length > 1 && chars.every((char) => LEADING_JAMO.includes(char))
  return {
    column: onlyInitials ? 'initials' : 'jamo',
    prefix: chars.slice(0, PREFIX_JAMO_MAX).join(''),
  }
}
