import type { GroupBuy, GroupBuyCard, Pickup } from '#contracts/group-buys'
import type { Seller } from '#contracts/listings'
import { type Image, imageUrls } from '#contracts/media'
import type { Position } from '#contracts/place'
import { toIso } from '#kit/clock'
import { shownKm, spotOf, squareMetres, yardstickAt } from '#kit/place'
import type { CardRow, Face, GroupBuyRow, ListRow } from './row.ts'

/** A photo as a row keeps it: its addresses follow from its id. */
type StoredImage = Pick<Image, 'id' | 'width' | 'height'>

/** The photos' JSON of a row; only `imagesJson` writes what this reads. */
export const imagesOf = (json: string): Image[] =>
  (JSON.parse(json) as StoredImage[]).map(({ id, width, height }) => ({
    id,
    width,
    height,
    urls: imageUrls(id),
  }))

export const imagesJson = (images: readonly StoredImage[]): string =>
  JSON.stringify(images.map(({ id, width, height }) => ({ id, width, height })))

export const sellerOf = (face: Face): Seller => ({
  id: face.memberId,
  nickname: face.nickname,
  photo: face.photoId === null ? null : imageUrls(face.photoId),
})

const shared = (row: CardRow) => ({
  id: row.id,
  title: row.title,
  category: row.category,
  unitPrice: row.unitPrice,
  currency: 'KRW' as const,
  unit: row.unit,
  totalUnits: row.totalUnits,
  minUnits: row.minUnits,
  hostUnits: row.hostUnits,
  filledUnits: row.filledUnits,
  remainingUnits: row.totalUnits - row.filledUnits,
  members: row.members,
  waiting: row.waiting,
  state: row.state,
  deadline: toIso(row.deadlineMs),
  host: sellerOf({ memberId: row.hostId, nickname: row.nickname, photoId: row.photoId }),
  region: row.region,
  shopUnitPrice: row.shopUnitPrice,
  createdAt: toIso(row.createdAtMs),
})

export const cardOf = (row: ListRow): GroupBuyCard => ({
  ...shared(row),
  images: row.cover === null ? [] : imagesOf(`[${row.cover}]`),
  ...(row.squareMetres === null ? {} : { distanceKm: shownKm(row.squareMetres) }),
})

/** `from` is where the reader asked the distance from; a group buy without a place has none. */
export const groupBuyOf = (
  row: GroupBuyRow,
  hostRecord: GroupBuy['hostRecord'],
  from: Position | null = null,
): GroupBuy => ({
  ...shared(row),
  images: imagesOf(row.images),
  ...(from === null ? {} : distanceOf(row, from)),
  description: row.description,
  productUrl: row.productUrl,
  pickup: pickupOf(row),
  keywords: JSON.parse(row.keywords) as string[],
  hostRecord,
})

export const pickupOf = (row: Pick<GroupBuyRow, 'pickup'>): Pickup => JSON.parse(row.pickup) as Pickup

function distanceOf({ latMilli, lngMilli }: GroupBuyRow, from: Position): { distanceKm?: number } {
  if (latMilli === null || lngMilli === null) return {}
  return { distanceKm: shownKm(squareMetres(yardstickAt(spotOf(from)), { latMilli, lngMilli })) }
}
