import type { ListingSnapshot } from '#contracts/events'
import { ListingId, MemberId } from '#contracts/ids'
import { eventOf } from '#kit/outbox'
import { townOf } from '../scripts/demo-town/town.ts'
import type { ListingRow } from '../workers/listings/card.rules.ts'
import { insertListing } from '../workers/listings/listing.store.ts'
import { putListing } from '../workers/search/projection.store.ts'
import { inserts, openD1 } from './sqlite-d1.ts'

const START_MS = Date.UTC(2026, 10, 1)
const LISTINGS_PER_SELLER = 100
/** Members with nothing for sale yet: the creating case posts in their names, and no member may have too many open. */
const POSTERS = 400
const ROWS_PER_COMMIT = 2_000
const SYLLABLES =
  '가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후'
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

/** An id that looks as ours do, made of a number. */
export const idOf = <Prefix extends string>(prefix: Prefix, number: number) =>
  `${prefix}_01${Array.from({ length: 24 }, (_, place) => DIGITS.charAt(Math.floor(number / 32 ** (23 - place)) % 32)).join('')}`

export const posterIds = (): string[] =>
  Array.from({ length: POSTERS }, (_, index) => idOf('mem', 9_000_000 + index))
export const listingIdAt = (index: number): string => idOf('lst', index + 1)

/** The two-syllable words the searching case asks for: pieces of words that the town's titles really have. */
export function searchWords(): string[] {
  const titles = townOf(1).listings.map(({ title }) => title)
  const words = titles.flatMap((title) => title.match(/[가-힣]{2,}/g) ?? [])
  return [...new Set(words.map((word) => word.slice(-2)))].slice(0, 300)
}

/** Fills the databases of listings and search with `count` listings, by the workers' own statements. */
export function fill(files: { listings: string; search: string }, count: number): void {
  const listings = openD1(files.listings, 'LISTINGS')
  const search = openD1(files.search, 'SEARCH')
  const both = (sql: string) => {
    for (const one of [listings, search]) one.exec(sql)
  }
  both('BEGIN')
  const seller = (id: string, nickname: string) =>
    listings.write([
      listings.db
        .prepare('INSERT INTO sellers (member_id, nickname, version) VALUES (?, ?, 1)')
        .bind(id, nickname),
    ])
  for (const [index, id] of posterIds().entries()) seller(id, `이웃${index}`)
  const town = townOf(1).listings
  for (let index = 0; index < count; index++) {
    const sellerNumber = Math.floor(index / LISTINGS_PER_SELLER)
    if (index % LISTINGS_PER_SELLER === 0) seller(idOf('mem', sellerNumber + 1), `판매자${sellerNumber}`)
    const model = town[(index * 7) % town.length]
    if (!model) throw new Error('the town has no listings')
    const snapshot = snapshotOf(
      model,
      index,
      MemberId.parse(idOf('mem', sellerNumber + 1)),
      `판매자${sellerNumber}`,
    )
    // The row only: the guard after it is for a batch.
    listings.write(insertListing(listings.db, rowOf(snapshot)).slice(0, 1))
    const fact = {
      type: 'listing.posted',
      aggregateId: snapshot.id,
      version: 1,
      actorId: snapshot.seller.id,
      requestId: 'bench',
      data: snapshot,
    } as const
    // What takes an older entry out has nothing to do in an empty index.
    search.write(inserts(putListing(search.db, eventOf(fact, snapshot.createdAtMs))))
    if (index % ROWS_PER_COMMIT === 0) both('COMMIT; BEGIN')
  }
  both('COMMIT')
  both('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)')
  listings.close()
  search.close()
}

type Model = ReturnType<typeof townOf>['listings'][number]

/** A town listing made one of its own: a word nobody else has, a place a little aside, its own moment. */
function snapshotOf(model: Model, index: number, sellerId: MemberId, nickname: string): ListingSnapshot {
  const at = (place: number) =>
    SYLLABLES.charAt(Math.floor(index / SYLLABLES.length ** place) % SYLLABLES.length)
  const createdAtMs = START_MS + index * 10_000
  return {
    id: ListingId.parse(listingIdAt(index)),
    seller: { id: sellerId, nickname, photo: null },
    title: `${model.title} ${at(0)}${at(1)}${at(2)}`.slice(0, 60),
    description: model.description,
    category: model.category,
    price: model.price,
    status: model.status,
    images: [],
    region: model.region,
    location: {
      lat: Math.round((model.lat + ((index % 97) - 48) / 2_000) * 1_000) / 1_000,
      lng: Math.round((model.lng + ((index % 89) - 44) / 2_000) * 1_000) / 1_000,
    },
    counts: { views: 0, wishes: 0, comments: 0, chats: 0 },
    createdAtMs,
    bumpedAtMs: createdAtMs,
  }
}

const rowOf = (listing: ListingSnapshot): ListingRow => ({
  seq: 0,
  id: listing.id,
  sellerId: listing.seller.id,
  nickname: listing.seller.nickname,
  photoId: null,
  title: listing.title,
  category: listing.category,
  price: listing.price,
  status: listing.status,
  region: listing.region,
  ...listing.counts,
  createdAtMs: listing.createdAtMs,
  bumpedAtMs: listing.bumpedAtMs,
  images: '[]',
  description: listing.description,
  latMilli: listing.location ? Math.round(listing.location.lat * 1_000) : null,
  lngMilli: listing.location ? Math.round(listing.location.lng * 1_000) : null,
  listed: listing.status === 'hidden' ? 0 : 1,
  hiddenByOperator: null,
  soldByTrade: null,
  reservedByTrade: null,
  reservedUntilMs: null,
  version: 1,
  updatedAtMs: listing.createdAtMs,
})
