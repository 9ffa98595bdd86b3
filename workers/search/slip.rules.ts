import { convertHangulToQwerty, convertQwertyToHangul } from 'es-hangul'

const HANGUL = /[ㄱ-ㆎ가-힣]/u
const LATIN = /[a-z]/iu
/** Only whole syllables are a word someone meant; digits and spaces pass through both keyboards unchanged. */
const WHOLE_SYLLABLES = /^[가-힣\d\s\p{P}]+$/u
const LATIN_WORDS = /^[a-z\d\s\p{P}]+$/iu

/**
 * What a query would be had the other keyboard been on: wkwjsrj → 자전거, ㅑㅔㅙㅜㄷ → iphone. Null when the query mixes both
 * scripts or makes no word on the other keyboard.
 */
export function slipOf(query: string): string | null {
  const meant = otherKeyboardOf(query)
  return meant !== null && (WHOLE_SYLLABLES.test(meant) || LATIN_WORDS.test(meant)) ? meant : null
}

/**
 * The same keys on the other keyboard, also when they make no whole word yet (wkw → 자ㅈ). All capitals are caps lock: read
 * as shift they would double consonants.
 */
export function otherKeyboardOf(query: string): string | null {
  const hangul = HANGUL.test(query)
  if (hangul === LATIN.test(query)) return null
  return hangul
    ? convertHangulToQwerty(query).toLowerCase()
    : convertQwertyToHangul(query === query.toUpperCase() ? query.toLowerCase() : query)
}
