import { disassemble } from 'es-hangul'

/** One folded character and where it came from: [start, end) in UTF-16 units of the text as given. */
export type FoldedChar = { char: string; start: number; end: number }

// A base with its marks, or a run of conjoining jamo, is folded as one: taken apart it would fold to something else.
const CLUSTER = /[\u1100-\u11ff]+|\P{M}\p{M}*|\p{M}+/uy
const COMPATIBILITY_JAMO = /[\u3131-\u318e]/u
const KEPT = /[\p{L}\p{N}]/u

/** The consonants a syllable may begin with, in the order of Unicode. */
export const LEADING_JAMO = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const VOWEL_JAMO = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const TRAILING_JAMO = 'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
const SYLLABLE_FIRST = 0xac00
const SYLLABLE_LAST = 0xd7a3
const SYLLABLES_PER_LEADING = 588

/**
 * The characters that search knows of: letters and digits of any script, without case, width, marks, spaces or
 * punctuation. Because spaces are gone, "자전거 거치대" and "자전거거치대" are the same.
 */
export function foldChars(text: string): FoldedChar[] {
  const folded: FoldedChar[] = []
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (isPlain(code) && standsAlone(text, at)) {
      const char = foldPlain(code)
      if (char !== '') folded.push({ char, start: at, end: at + 1 })
      at += 1
    } else {
      CLUSTER.lastIndex = at
      const cluster = CLUSTER.exec(text)?.[0] ?? text.charAt(at)
      for (const char of foldCluster(cluster)) folded.push({ char, start: at, end: at + cluster.length })
      at += cluster.length
    }
  }
  return folded
}

/** ASCII and Hangul syllables are nearly all of what is folded, twenty titles a search: they take no regular expression. */
const isPlain = (code: number): boolean => code < 0x80 || (code >= SYLLABLE_FIRST && code <= SYLLABLE_LAST)

/** A plain character followed by another one (or by nothing) wears no mark. */
const standsAlone = (text: string, at: number): boolean =>
  at + 1 === text.length || isPlain(text.charCodeAt(at + 1))

function foldPlain(code: number): string {
  const isDigit = code >= 0x30 && code <= 0x39
  const isLower = code >= 0x61 && code <= 0x7a
  if (isDigit || isLower || code >= SYLLABLE_FIRST) return String.fromCharCode(code)
  const isUpper = code >= 0x41 && code <= 0x5a
  return isUpper ? String.fromCharCode(code + 0x20) : ''
}

/** `foldChars` as one string; folding twice changes nothing. */
export const fold = (text: string): string =>
  foldChars(text)
    .map(({ char }) => char)
    .join('')

function foldCluster(cluster: string): string[] {
  // NFKC would turn ㄱ (what keyboards type) into a conjoining jamo that shows and sorts apart: kept as it is.
  const plain = COMPATIBILITY_JAMO.test(cluster) ? cluster : cluster.normalize('NFKC')
  // Down, up and down again is case folding: ẞ, ß and ss meet, and ς and σ.
  const lower = plain.toLowerCase().toUpperCase().toLowerCase()
  const bare = lower
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
  return Array.from(bare)
    .map(compatibilityJamo)
    .filter((char) => KEPT.test(char))
}

function compatibilityJamo(char: string): string {
  const code = char.charCodeAt(0)
  if (code >= 0x1100 && code <= 0x1112) return LEADING_JAMO.charAt(code - 0x1100)
  if (code >= 0x1161 && code <= 0x1175) return VOWEL_JAMO.charAt(code - 0x1161)
  if (code >= 0x11a8 && code <= 0x11c2) return TRAILING_JAMO.charAt(code - 0x11a8)
  return char
}

/** Consecutive pairs: 자전거 → 자전, 전거. */
export function pairs(chars: readonly string[]): string[] {
  return chars.slice(1).map((char, index) => `${chars[index]}${char}`)
}

/**
 * What the index keeps of a text: its pairs in order, so that a phrase of pairs is an exact substring, and behind them each
 * character once, for words of one syllable. A phrase never runs across the two parts: it has pairs only.
 */
export function indexTokens(folded: string): string {
  const chars = Array.from(folded)
  return [...pairs(chars), ...new Set(chars)].join(' ')
}

export const isSyllable = (char: string): boolean => {
  const code = char.charCodeAt(0)
  return code >= SYLLABLE_FIRST && code <= SYLLABLE_LAST
}

/** The first consonant of a Hangul syllable; any other character stays: 아이폰15 → ㅇㅇㅍ15. */
export function initialOf(char: string): string {
  if (!isSyllable(char)) return char
  return LEADING_JAMO.charAt(Math.floor((char.charCodeAt(0) - SYLLABLE_FIRST) / SYLLABLES_PER_LEADING))
}

export const initialsOf = (folded: string): string => Array.from(folded).map(initialOf).join('')

/** Every letter in the order it is typed: 자전 → ㅈㅏㅈㅓㄴ; so a half-typed syllable (자ㅈ, 자저, 잦) is a prefix. */
export const jamoOf = (folded: string): string => disassemble(folded)
