import { z } from 'zod'
import type { SearchHit } from '#contracts/search'
import { highlightsOf } from './highlight.rules.ts'
import type { StoredCard } from './projection.rules.ts'
import type { Word } from './query.rules.ts'

/** A hit as find.store.ts's SQL writes it into the page; `m2` is the squared distance in metres. */
type Row = [tier: number, seq: number, m2: number | null, card: StoredCard]

/**
 * Only the rows' shape is looked at. Their cards were made by projection.rules.ts from parsed events, and parsing every field
 * of twenty cards again would cost a search a good part of what the database does.
 */
const Rows = z.custom<Row[]>((value) => Array.isArray(value) && value.every(isRow))
const isRow = (row: unknown): boolean =>
  Array.isArray(row) && typeof row[0] === 'number' && typeof row[1] === 'number' && typeof row[3] === 'object'

export type Hit = { tier: number; seq: number; m2: number | null; card: StoredCard }

/** The hits of a page as SQL gives it: the inside of a JSON array, or null when it is empty. */
export const hitsOf = (page: string | null): Hit[] =>
  page === null
    ? []
    : Rows.parse(JSON.parse(`[${page}]`)).map(([tier, seq, m2, card]) => ({ tier, seq, m2, card }))

const METRES_PER_KM = 1_000
const DISTANCE_DIGITS = 10

/** A hit as the reply shows it: its card, how far it is, and where in the title the words stand. */
export const searchHitOf = ({ card, m2 }: Hit, words: readonly Word[]): SearchHit => ({
  ...card,
  ...(m2 === null ? {} : { distanceKm: roundedKm(m2) }),
  highlights: highlightsOf(card.title, words),
})

const roundedKm = (m2: number): number =>
  Math.round((Math.sqrt(m2) / METRES_PER_KM) * DISTANCE_DIGITS) / DISTANCE_DIGITS
