import type { ListingSnapshot } from '#contracts/events'
import type { ImageId, ListingId, MemberId, TradeId } from '#contracts/ids'
import type { Category, Listing, ListingCard, ListingStatus, Seller } from '#contracts/listings'
import { type Image, imageUrls } from '#contracts/media'
import type { Position } from '#contracts/place'
import { toIso } from '#kit/clock'
import { positionOf, shownKm, spotOf, squareMetres, yardstickAt } from '#kit/place'

/** A member's face as this domain keeps it. */
export type Face = { memberId: MemberId; nickname: string; photoId: ImageId | null }

/** What every view of a listing reads of its row, joined with its seller's face. */
export type CardRow = {
  seq: number
  id: ListingId
  sellerId: MemberId
  nickname: string
  photoId: ImageId | null
  title: string
  category: Category
  price: number
  status: ListingStatus
  region: string | null
  views: number
  wishes: number
  comments: number
  chats: number
  createdAtMs: number
  bumpedAtMs: number
}
/** A row of a list; `cover` is the first photo as JSON, `squareMetres` the distance when one was asked for. */
export type ListRow = CardRow & { cover: string | null; imageCount: number; squareMetres: number | null }
/** A row whole. */
export type ListingRow = CardRow & {
  images: string
  description: string
  latMilli: number | null
  lngMilli: number | null
  listed: number
  version: number
  updatedAtMs: number
  /** The status it returns to when an operator's hiding ends; null while none hides it. */
  hiddenByOperator: ListingStatus | null
  soldByTrade: TradeId | null
  /** The purchase under way that has it, and when the tick lifts that; both null without one. */
  reservedByTrade: TradeId | null
  reservedUntilMs: number | null
}

/** A photo as a row keeps it: its addresses follow from its id. */
type StoredImage = { id: ImageId; width: number; height: number }

/** The photos' JSON of a row; only `imagesJson` writes what this reads. */
export const imagesOf = (json: string): Image[] => (JSON.parse(json) as StoredImage[]).map(withUrls)

export const imagesJson = (images: readonly StoredImage[]): string =>
  JSON.stringify(images.map(({ id, width, height }) => ({ id, width, height })))

const withUrls = ({ id, width, height }: StoredImage): Image => ({ id, width, height, urls: imageUrls(id) })

export const sellerOf = (face: Face): Seller => ({
  id: face.memberId,
  nickname: face.nickname,
  photo: face.photoId === null ? null : imageUrls(face.photoId),
})

const faceOf = (row: CardRow): Face => ({
  memberId: row.sellerId,
  nickname: row.nickname,
  photoId: row.photoId,
})

const countsOf = ({ views, wishes, comments, chats }: CardRow) => ({ views, wishes, comments, chats })

const shared = (row: CardRow) => ({
  id: row.id,
  title: row.title,
  category: row.category,
  price: row.price,
  currency: 'KRW' as const,
  status: row.status,
  seller: sellerOf(faceOf(row)),
  region: row.region,
  counts: countsOf(row),
  createdAt: toIso(row.createdAtMs),
  bumpedAt: toIso(row.bumpedAtMs),
})

export const cardOf = (row: ListRow): ListingCard => ({
  ...shared(row),
  images: row.cover === null ? [] : imagesOf(`[${row.cover}]`),
  imageCount: row.imageCount,
  ...(row.squareMetres === null ? {} : { distanceKm: shownKm(row.squareMetres) }),
})

/** The card of a row read whole. */
export function cardOfRow(row: ListingRow): ListingCard {
  const images = imagesOf(row.images)
  return { ...shared(row), images: images.slice(0, 1), imageCount: images.length }
}

/** `from` is where the reader asked the distance from; a listing without a place has none. */
export function listingOf(row: ListingRow, from: Position | null = null): Listing {
  const images = imagesOf(row.images)
  return {
    ...shared(row),
    images,
    imageCount: images.length,
    description: row.description,
    updatedAt: toIso(row.updatedAtMs),
    ...(from === null ? {} : distanceOf(row, from)),
  }
}

function distanceOf({ latMilli, lngMilli }: ListingRow, from: Position): { distanceKm?: number } {
  if (latMilli === null || lngMilli === null) return {}
  return { distanceKm: shownKm(squareMetres(yardstickAt(spotOf(from)), { latMilli, lngMilli })) }
}

/** A listing as other domains keep it. */
export const snapshotOf = (row: ListingRow): ListingSnapshot => ({
  id: row.id,
  seller: sellerOf(faceOf(row)),
  title: row.title,
  description: row.description,
  category: row.category,
  price: row.price,
  status: row.status,
  images: imagesOf(row.images),
  region: row.region,
  location:
    row.latMilli === null || row.lngMilli === null
      ? null
      : positionOf({ latMilli: row.latMilli, lngMilli: row.lngMilli }),
  counts: countsOf(row),
  createdAtMs: row.createdAtMs,
  bumpedAtMs: row.bumpedAtMs,
})
