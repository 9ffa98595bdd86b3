import type { Language } from './params.rules.ts'

/** A line of the list is two lines of a phone: longer quotes are cut. */
const QUOTE_LENGTH_MAX = 120

export const nameKo = (name: string | null): string => `${name ?? '이웃'} 님이`
export const nameEn = (name: string | null): string => name ?? 'A neighbour'
export const about = (title: string | null, text: string): string =>
  title === null ? quote(text) : `${title} · ${quote(text)}`

/** Cut between whole characters, never inside one. */
export function quote(text: string): string {
  const characters = Array.from(text)
  return characters.length <= QUOTE_LENGTH_MAX
    ? text
    : `${characters.slice(0, QUOTE_LENGTH_MAX - 1).join('')}…`
}

export const wonKo = (amount: number): string => `${amount.toLocaleString('ko-KR')}원`
export const wonEn = (amount: number): string => `₩${amount.toLocaleString('en-US')}`
/** What something costs; what costs nothing is given away. */
export const priceKo = (price: number): string => (price === 0 ? '나눔' : wonKo(price))
export const priceEn = (price: number): string => (price === 0 ? 'free' : wonEn(price))

/** The town's own clock: where they meet is in Korea. */
const TIME: Intl.DateTimeFormatOptions = {
  ...{ timeZone: 'Asia/Seoul', month: 'short', day: 'numeric', weekday: 'short' },
  ...{ hour: 'numeric', minute: '2-digit' },
}
const times = { ko: new Intl.DateTimeFormat('ko-KR', TIME), en: new Intl.DateTimeFormat('en-US', TIME) }
export const timeIn = (language: Language, atMs: number): string => times[language].format(atMs)
