import type { Word } from './query.rules.ts'
import { foldChars, initialOf } from './text.rules.ts'

export type Range = [start: number, end: number]

/**
 * Where the words stand in a title as it was written: [start, end) in UTF-16 units, sorted, never touching one another.
 * Spaces and case may differ: "자전거거치대" lights up "자전거 거치대" whole.
 */
export function highlightsOf(title: string, words: readonly Word[]): Range[] {
  const folded = foldChars(title)
  const texts = folded.map(({ char }) => char)
  const initials = words.some(({ kind }) => kind === 'initials') ? texts.map(initialOf) : []
  const found: Range[] = []
  for (const word of words) {
    for (const at of occurrences(word.kind === 'text' ? texts : initials, word.chars)) {
      const first = folded[at]
      const last = folded[at + word.chars.length - 1]
      if (first && last) found.push([first.start, last.end])
    }
  }
  return merged(found)
}

function occurrences(hay: readonly string[], needle: readonly string[]): number[] {
  const found: number[] = []
  for (let at = 0; at + needle.length <= hay.length; at++) {
    if (needle.every((char, offset) => hay[at + offset] === char)) found.push(at)
  }
  return found
}

function merged(ranges: Range[]): Range[] {
  const result: Range[] = []
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = result.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else result.push([start, end])
  }
  return result
}
