import { z } from 'zod'
import type { GroupBuySnapshot } from '#contracts/events'
import type { GroupBuyState } from '#contracts/group-buys'
import type { GroupBuyId, ImageId, MemberId } from '#contracts/ids'
import type { Category } from '#contracts/listings'
import { imageUrls } from '#contracts/media'
import type { GroupBuyHit } from '#contracts/search'
import { toIso } from '#kit/clock'
import { shownKm } from '#kit/place'
import { highlightsOf } from './highlight.rules.ts'
import type { Hit } from './hit.rules.ts'
import type { Word } from './query.rules.ts'

/** A group buy's card as it is kept: a JSON array, as card.rules.ts keeps those of listings. `BUY_FIELD_AT` says what stands where. */
export type StoredBuyCard = [
  id: GroupBuyId,
  title: string,
  category: Category,
  unitPrice: number,
  unit: string,
  totalUnits: number,
  minUnits: number,
  hostUnits: number,
  filledUnits: number,
  members: number,
  waiting: number,
  state: GroupBuyState,
  deadlineMs: number,
  image: ImageId | null,
  width: number,
  height: number,
  hostId: MemberId,
  nickname: string,
  photo: ImageId | null,
  region: string | null,
  shopUnitPrice: number | null,
  createdAtMs: number,
]
const FIELDS = 22

/** Only the count of the fields is looked at: they were parsed when they were heard. */
export const StoredBuyCard = z.custom<StoredBuyCard>(
  (value) => Array.isArray(value) && value.length === FIELDS,
  { error: 'a card of another shape' },
)

export const BUY_FIELD_AT = {
  title: 1,
  totalUnits: 5,
  filledUnits: 8,
  deadlineMs: 12,
  nickname: 17,
  photo: 18,
} as const

export const storedBuyCardOf = (buy: GroupBuySnapshot): StoredBuyCard => [
  ...([buy.id, buy.title, buy.category, buy.unitPrice, buy.unit, buy.totalUnits, buy.minUnits] as const),
  ...([buy.hostUnits, buy.filledUnits, buy.members, buy.waiting, buy.state, buy.deadlineMs] as const),
  ...([buy.cover?.id ?? null, buy.cover?.width ?? 0, buy.cover?.height ?? 0] as const),
  ...([buy.host.memberId, buy.host.nickname, buy.host.photoId] as const),
  ...([buy.region, buy.shopUnitPrice, buy.createdAtMs] as const),
]

/** A hit as the reply shows it: its card, how far it is, and where in the title the words stand. */
export function buyHitOf({ card, m2 }: Hit<StoredBuyCard>, words: readonly Word[]): GroupBuyHit {
  const [id, title, category, unitPrice, unit, totalUnits, minUnits, hostUnits, filledUnits, ...rest] = card
  const [members, waiting, state, deadlineMs, image, width, height, hostId, nickname, photo, ...last] = rest
  const [region, shopUnitPrice, createdAtMs] = last
  return {
    ...{
      id,
      title,
      category,
      unitPrice,
      currency: 'KRW',
      unit,
      totalUnits,
      minUnits,
      hostUnits,
      filledUnits,
    },
    ...{ remainingUnits: totalUnits - filledUnits, members, waiting, state, deadline: toIso(deadlineMs) },
    images: image === null ? [] : [{ id: image, width, height, urls: imageUrls(image) }],
    host: { id: hostId, nickname, photo: photo === null ? null : imageUrls(photo) },
    ...{ region, shopUnitPrice, createdAt: toIso(createdAtMs) },
    ...(m2 === null ? {} : { distanceKm: shownKm(m2) }),
    highlights: highlightsOf(title, words),
  }
}
