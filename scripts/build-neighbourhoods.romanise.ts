/**
 * Revised Romanisation of Korean place names, as far as names of places need it: sounds change where one
 * syllable's end meets the next one's start (신라 → Silla), and -si, -gun, -gu keep their own spelling.
 */
const HANGUL_FIRST = 0xac00
const VOWELS_PER_INITIAL = 21 * 28
const FINALS = 28

const INITIALS = 'g kk n d tt r m b pp s ss - j jj ch k t p h'.split(' ')
const VOWELS = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ')
/** How a final sounds before a consonant; the twenty-eight finals in Unicode order. */
const FINAL_SOUNDS = '- k k k n n n t l k m l l l l l m p p t t ng t t k t p t'.split(' ')
/** How a final moves over to a following vowel. */
const FINAL_LINKED = '- g kk ks n nj n d r lg lm lb ls lt lp r m b bs s ss ng j ch k t p h'.split(' ')

const NASAL: Record<string, string> = { k: 'ng', t: 'n', p: 'm' }

interface Syllable {
  initial: string
  vowel: string
  final: number
}

function syllablesOf(text: string): Syllable[] {
  return Array.from(text.normalize('NFC'), (letter) => {
    const offset = letter.charCodeAt(0) - HANGUL_FIRST
    return {
      initial: INITIALS[Math.floor(offset / VOWELS_PER_INITIAL)] ?? '',
      vowel: VOWELS[Math.floor((offset % VOWELS_PER_INITIAL) / FINALS)] ?? '',
      final: offset % FINALS,
    }
  })
}

/** What is written where `final` meets `initial`. */
function joint(final: number, initial: string): string {
  const sound = FINAL_SOUNDS[final] ?? ''
  if (final === 0) return initial === '-' ? '' : initial
  if (initial === '-') return FINAL_LINKED[final] ?? ''
  if (initial === 'r') {
    if (sound === 'l' || sound === 'n') return 'll'
    return `${NASAL[sound] ?? sound}n`
  }
  if (sound === 'l' && initial === 'n') return 'll'
  if (initial === 'n' || initial === 'm') return `${NASAL[sound] ?? sound}${initial}`
  return `${sound}${initial}`
}

/** '왕십리' → 'Wangsimni'. */
export function romanise(name: string): string {
  const syllables = syllablesOf(name)
  const text = syllables
    .map(({ initial, vowel, final }, index) => {
      const start = index === 0 && initial !== '-' ? initial : ''
      const next = syllables[index + 1]
      const end = next === undefined ? (FINAL_SOUNDS[final] ?? '') : joint(final, next.initial)
      return `${start}${vowel}${end === '-' ? '' : end}`
    })
    .join('')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const SUFFIXES: Record<string, string> = { 시: '-si', 군: '-gun', 구: '-gu' }

/** '성남시 분당구' → 'Bundang-gu, Seongnam-si'; '세종특별자치시' → 'Sejong-si'. */
export function romaniseDistrict(name: string): string {
  return name
    .replace('특별자치시', '시')
    .split(' ')
    .map((part) => `${romanise(part.slice(0, -1))}${SUFFIXES[part.slice(-1)] ?? ''}`)
    .reverse()
    .join(', ')
}
