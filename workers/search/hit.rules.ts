import { z } from 'zod'
import { ListingId, MemberId } from '#contracts/ids'
import { Category } from '#contracts/listings'
import { Image, ImageUrls, imageUrls } from '#contracts/media'
import type { SearchHit } from '#contracts/search'
import { highlightsOf } from './highlight.rules.ts'
import type { Word } from './query.rules.ts'

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((value): unknown => JSON.parse(value))
    .pipe(schema)

/** A row of the read model as the queries of find.store.ts give it. */
export const HitRow = z.object({
  tier: z.number(),
  seq: z.number(),
  id: ListingId,
  sellerId: MemberId,
  seller: json(z.object({ nickname: z.string(), photo: ImageUrls.nullable() })),
  faceNickname: z.string().nullable(),
  facePhotoId: Image.shape.id.nullable(),
  title: z.string(),
  category: Category,
  price: z.number(),
  status: z.enum(['on_sale', 'reserved', 'sold']),
  image: json(Image).nullable(),
  imageCount: z.number(),
  region: z.string().nullable(),
  views: z.number(),
  wishes: z.number(),
  comments: z.number(),
  chats: z.number(),
  createdAtMs: z.number(),
  bumpedAtMs: z.number(),
  /** Square of the kilometres to the place asked about. */
  km2: z.number().nullable(),
})
export type HitRow = z.infer<typeof HitRow>

const DISTANCE_DIGITS = 10

/** A row as the reply shows it: the card, and where in the title the words stand. */
export function hitOf(row: HitRow, words: readonly Word[]): SearchHit {
  const face = row.faceNickname === null ? row.seller : faceOf(row.faceNickname, row.facePhotoId)
  return {
    id: row.id,
    title: row.title,
    category: row.category,
    price: row.price,
    currency: 'KRW',
    status: row.status,
    images: row.image === null ? [] : [row.image],
    imageCount: row.imageCount,
    seller: { id: row.sellerId, ...face },
    region: row.region,
    ...(row.km2 === null
      ? {}
      : { distanceKm: Math.round(Math.sqrt(row.km2) * DISTANCE_DIGITS) / DISTANCE_DIGITS }),
    counts: { views: row.views, wishes: row.wishes, comments: row.comments, chats: row.chats },
    createdAt: new Date(row.createdAtMs).toISOString(),
    bumpedAt: new Date(row.bumpedAtMs).toISOString(),
    highlights: highlightsOf(row.title, words),
  }
}

const faceOf = (nickname: string, photoId: HitRow['facePhotoId']) => ({
  nickname,
  photo: photoId === null ? null : imageUrls(photoId),
})
