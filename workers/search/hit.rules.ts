import { z } from 'zod'
import type { ImageId } from '#contracts/ids'
import { imageUrls } from '#contracts/media'
import type { SearchHit } from '#contracts/search'
import { highlightsOf } from './highlight.rules.ts'
import type { StoredCard } from './projection.rules.ts'
import type { Word } from './query.rules.ts'

/** A hit as find.store.ts's SQL writes it into the page. */
type Row = [
  tier: number,
  seq: number,
  m2: number | null,
  views: number,
  wishes: number,
  comments: number,
  chats: number,
  nickname: string | null,
  photoId: ImageId | null,
  card: StoredCard,
]
const NUMBERS = [0, 1, 3, 4, 5, 6]
const CARD = 9

/**
 * Only the rows' shape is looked at. Their cards were made by projection.rules.ts from parsed events, and parsing every field
 * of twenty cards again would cost a search a good part of what the database does.
 */
const Rows = z.custom<Row[]>((value) => Array.isArray(value) && value.every(isRow))
const isRow = (row: unknown): boolean =>
  Array.isArray(row) &&
  NUMBERS.every((column) => typeof row[column] === 'number') &&
  typeof row[CARD] === 'object'

export type Hit = ReturnType<typeof hitOfRow>

/** The hits of a page as SQL gives it: the inside of a JSON array, or null when it is empty. */
export const hitsOf = (page: string | null): Hit[] =>
  page === null ? [] : Rows.parse(JSON.parse(`[${page}]`)).map(hitOfRow)

const hitOfRow = ([tier, seq, m2, views, wishes, comments, chats, nickname, photoId, card]: Row) => ({
  tier,
  seq,
  m2,
  counts: { views, wishes, comments, chats },
  face: nickname === null ? null : { nickname, photo: photoId === null ? null : imageUrls(photoId) },
  card,
})

const METRES_PER_KM = 1_000
const DISTANCE_DIGITS = 10

/** A hit as the reply shows it: the card as of now, and where in the title the words stand. */
export function searchHitOf({ card, counts, face, m2 }: Hit, words: readonly Word[]): SearchHit {
  return {
    ...card,
    seller: face === null ? card.seller : { id: card.seller.id, ...face },
    ...(m2 === null ? {} : { distanceKm: roundedKm(m2) }),
    counts,
    highlights: highlightsOf(card.title, words),
  }
}

const roundedKm = (m2: number): number =>
  Math.round((Math.sqrt(m2) / METRES_PER_KM) * DISTANCE_DIGITS) / DISTANCE_DIGITS
