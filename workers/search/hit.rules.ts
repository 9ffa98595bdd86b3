import { z } from 'zod'
import type { SearchReply } from '#contracts/search'
import { highlightsOf } from './highlight.rules.ts'
import type { Word } from './query.rules.ts'

/**
 * A hit as find.store.ts's SQL writes it into the page; `m2` is the squared distance in metres. The card stays the JSON text
 * that projection.rules.ts made of parsed events: taking twenty cards apart and putting them together again would cost a
 * search a good part of what the database does.
 */
export type Hit = { tier: number; seq: number; m2: number | null; card: string }

/** What was found, its items as JSON texts; `replyText` makes the reply of it. */
export type Found = Omit<SearchReply, 'items'> & { items: string[] }

/** What stands between hits and between their fields: control characters, which JSON text never holds bare. */
export const HIT_SEPARATOR = { code: 30, char: '\u001e' } as const
export const FIELD_SEPARATOR = { code: 31, char: '\u001f' } as const

/** The hits of a page as SQL gives it, or none when it is null. */
export const hitsOf = (page: string | null): Hit[] =>
  page === null ? [] : page.split(HIT_SEPARATOR.char).map(hitOf)

function hitOf(text: string): Hit {
  const [tier, seq, m2, card] = text.split(FIELD_SEPARATOR.char)
  if (tier === undefined || seq === undefined || m2 === undefined || card === undefined) {
    throw new Error('the index gave a hit of another shape')
  }
  return { tier: Number(tier), seq: Number(seq), m2: m2 === '' ? null : Number(m2), card }
}

/** A hit as the reply shows it: its card, how far it is, and where in the title the words stand. */
export function hitText({ card, m2 }: Hit, words: readonly Word[]): string {
  const distance = m2 === null ? '' : `,"distanceKm":${roundedKm(m2)}`
  const highlights = JSON.stringify(highlightsOf(titleOf(card), words))
  return `${card.slice(0, -1)}${distance},"highlights":${highlights}}`
}

/** The reply as JSON text. */
export const replyText = ({ items, ...rest }: Found): string =>
  `{"items":[${items.join(',')}],${JSON.stringify(rest).slice(1)}`

/** Only an id comes before a card's title, so the first key of that name is the title's. */
const TITLE = /"title":("(?:[^"\\]|\\.)*")/
const Title = z.string()
const titleOf = (card: string): string => Title.parse(JSON.parse(TITLE.exec(card)?.[1] ?? 'null'))

const Keys = z.object({ price: z.number(), counts: z.object({ views: z.number(), wishes: z.number() }) })

/** What a card is sorted by, for the cursor behind the last one of a page. */
export const keysOf = (card: string): z.infer<typeof Keys> => Keys.parse(JSON.parse(card))

const METRES_PER_KM = 1_000
const DISTANCE_DIGITS = 10
const roundedKm = (m2: number): number =>
  Math.round((Math.sqrt(m2) / METRES_PER_KM) * DISTANCE_DIGITS) / DISTANCE_DIGITS
