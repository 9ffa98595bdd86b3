import { z } from 'zod'
import type { ListingSnapshot } from '#contracts/events'
import { ImageId, type ListingId, type MemberId } from '#contracts/ids'
import type { Category, ListingStatus } from '#contracts/listings'
import { imageUrls } from '#contracts/media'
import { toIso } from '#kit/clock'

/**
 * A card as it is kept: a JSON array, since twenty of them are what a search takes from D1, which takes its time by the byte.
 * The order is the order of the reply; `FIELD_AT` says where SQL finds what it changes (0004_small_cards.sql made the first).
 */
export type StoredCard = [
  id: ListingId,
  title: string,
  category: Category,
  price: number,
  status: ListingStatus,
  sellerId: MemberId,
  nickname: string,
  photo: ImageId | null,
  region: string | null,
  imageCount: number,
  image: ImageId | null,
  width: number | null,
  height: number | null,
  views: number,
  wishes: number,
  comments: number,
  chats: number,
  createdAtMs: number,
  bumpedAtMs: number,
]
const FIELDS = 19

/** Only the count of the fields is looked at: they were parsed when they were heard, and looking at each again doubles a search's own work. */
export const StoredCard = z.custom<StoredCard>((value) => Array.isArray(value) && value.length === FIELDS, {
  error: 'a card of another shape',
})

export const FIELD_AT = {
  title: 1,
  price: 3,
  nickname: 6,
  photo: 7,
  views: 13,
  wishes: 14,
  comments: 15,
  chats: 16,
} as const

const IMAGE_IN_PATH = /img_[0-9a-z]{26}/
/** A snapshot names a seller's photo by its addresses only. */
const photoIdOf = ({ photo }: ListingSnapshot['seller']): ImageId | null =>
  ImageId.safeParse(IMAGE_IN_PATH.exec(photo?.thumb ?? '')?.[0]).data ?? null

export function storedCardOf(listing: ListingSnapshot): StoredCard {
  const { seller, counts, images } = listing
  const [first] = images
  return [
    listing.id,
    listing.title,
    listing.category,
    listing.price,
    listing.status,
    seller.id,
    seller.nickname,
    photoIdOf(seller),
    listing.region,
    images.length,
    first?.id ?? null,
    first?.width ?? null,
    first?.height ?? null,
    counts.views,
    counts.wishes,
    counts.comments,
    counts.chats,
    listing.createdAtMs,
    listing.bumpedAtMs,
  ]
}

/**
 * The card as the reply shows it, as JSON text without its last brace. Only what people write needs escaping; the rest was
 * parsed when it was heard.
 */
export function cardText(card: StoredCard): string {
  const [id, title, category, price, status, sellerId, nickname, photo, region, imageCount, ...rest] = card
  const [image, width, height, views, wishes, comments, chats, createdAtMs, bumpedAtMs] = rest
  const images =
    image === null
      ? '[]'
      : `[{"id":"${image}","width":${width},"height":${height},"urls":${urlsText(image)}}]`
  const seller = `{"id":"${sellerId}","nickname":${JSON.stringify(nickname)},"photo":${photo === null ? 'null' : urlsText(photo)}}`
  const counts = `{"views":${views},"wishes":${wishes},"comments":${comments},"chats":${chats}}`
  const createdAt = toIso(createdAtMs)
  const bumpedAt = bumpedAtMs === createdAtMs ? createdAt : toIso(bumpedAtMs)
  return (
    `{"id":"${id}","title":${JSON.stringify(title)},"category":"${category}","price":${price},"currency":"KRW",` +
    `"status":"${status}","images":${images},"imageCount":${imageCount},"seller":${seller},` +
    `"region":${JSON.stringify(region)},"counts":${counts},"createdAt":"${createdAt}","bumpedAt":"${bumpedAt}"`
  )
}

const urlsText = (id: ImageId): string => JSON.stringify(imageUrls(id))
