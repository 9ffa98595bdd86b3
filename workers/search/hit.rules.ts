import { z } from 'zod'
import { ImageId } from '#contracts/ids'
import { imageUrls } from '#contracts/media'
import type { SearchHit } from '#contracts/search'
import { highlightsOf } from './highlight.rules.ts'
import type { StoredCard } from './projection.rules.ts'
import type { Word } from './query.rules.ts'

/**
 * A hit as find.store.ts's SQL writes it. The card was made by projection.rules.ts from a parsed event; parsing its every field
 * again would cost a search more than the database does.
 */
export const Hit = z
  .tuple([
    z.number(),
    z.number(),
    z.number().nullable(),
    z.number(),
    z.number(),
    z.number(),
    z.number(),
    z.string().nullable(),
    ImageId.nullable(),
    z.custom<StoredCard>((value) => typeof value === 'object' && value !== null),
  ])
  .transform(([tier, seq, m2, views, wishes, comments, chats, nickname, photoId, card]) => ({
    tier,
    seq,
    m2,
    counts: { views, wishes, comments, chats },
    face: nickname === null ? null : { nickname, photo: photoId === null ? null : imageUrls(photoId) },
    card,
  }))
export type Hit = z.infer<typeof Hit>

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
