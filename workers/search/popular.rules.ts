import { fold } from './text.rules.ts'

const TERM_CHARS_MIN = 2
const TERM_CHARS_MAX = 30

/** Things people paste that must never be shown to others: addresses, links, numbers of phones and accounts. */
const PRIVATE = /@|https?:|www\.|\.(?:com|net|kr|org|io)\b|(?:\d[\s\-.]*){7,}/iu
/** Words that are not shown back to the town; matched in the folded text, so that spaces do not hide them. */
const ABUSIVE = [
  '시발',
  '씨발',
  '병신',
  '개새끼',
  '좆',
  '섹스',
  '야동',
  '조건만남',
  '성매매',
  '마약',
  '필로폰',
  '대마초',
  'fuck',
  'porn',
  'sex',
]

/** A search as it may be counted and shown to others, or null when it may not. */
export function popularTermOf(query: string): string | null {
  const term = query.normalize('NFC').trim().replace(/\s+/gu, ' ').toLowerCase()
  const folded = fold(term)
  const length = Array.from(folded).length
  if (length < TERM_CHARS_MIN || Array.from(term).length > TERM_CHARS_MAX) return null
  if (PRIVATE.test(term) || !isWordy(folded)) return null
  return ABUSIVE.some((word) => folded.includes(word)) ? null : term
}

/** Half-typed jamo (ㅈㅈㄱ, ㅋㅋ) and bare numbers are no terms. */
const isWordy = (folded: string): boolean => /\p{L}/u.test(folded) && !/[ㄱ-ㆎ]/u.test(folded)
