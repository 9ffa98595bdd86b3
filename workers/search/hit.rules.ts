import { z } from 'zod'
import type { SearchReply } from '#contracts/search'
import { cardText, FIELD_AT, type StoredCard } from './card.rules.ts'
import { highlightsOf } from './highlight.rules.ts'
import type { Word } from './query.rules.ts'

/** Hits as find.store.ts's SQL writes them into a page: tier, seq, the squared distance in metres, the card. */
export const pageOfCards = <Card>(card: z.ZodType<Card>) =>
  z.array(z.tuple([z.number(), z.number(), z.number().nullable(), card]))
export type Hit<Card> = { tier: number; seq: number; m2: number | null; card: Card }

/** What was found, its items as JSON texts; `replyText` makes the reply of it. */
export type FoundTexts = Omit<SearchReply, 'items' | 'degraded'> & { items: string[] }
export type Found = FoundTexts & { degraded: boolean }

/** The hits of a page as SQL gives it, or none when it is null. */
export const hitsOf = <Card>(
  page: z.ZodType<[tier: number, seq: number, m2: number | null, card: Card][]>,
  text: string | null,
): Hit<Card>[] =>
  text === null ? [] : page.parse(JSON.parse(text)).map(([tier, seq, m2, card]) => ({ tier, seq, m2, card }))

/** A hit as the reply shows it: its card, how far it is, and where in the title the words stand. */
export function hitText({ card, m2 }: Hit<StoredCard>, words: readonly Word[]): string {
  const distance = m2 === null ? '' : `,"distanceKm":${roundedKm(m2)}`
  const highlights = JSON.stringify(highlightsOf(card[FIELD_AT.title], words))
  return `${cardText(card)}${distance},"highlights":${highlights}}`
}

/** The reply as JSON text. */
export const replyText = ({ items, ...rest }: FoundTexts): string =>
  `{"items":[${items.join(',')}],${JSON.stringify(rest).slice(1)}`

const METRES_PER_KM = 1_000
const DISTANCE_DIGITS = 10
const roundedKm = (m2: number): number =>
  Math.round((Math.sqrt(m2) / METRES_PER_KM) * DISTANCE_DIGITS) / DISTANCE_DIGITS
