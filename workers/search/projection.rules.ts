import type { ListingSnapshot } from '#contracts/events'
import { suggestKeysOf, suggestWordsOf } from './suggest.rules.ts'
import { tagsOf } from './tags.rules.ts'
import { fold, indexTokens, initialsOf } from './text.rules.ts'

/** What the index keeps of a listing: the tokens of its texts and the tags of its filters. */
export type IndexEntry = { title: string; body: string; initials: string; tags: string }

export const indexEntryOf = (listing: ListingSnapshot): IndexEntry => {
  const title = fold(listing.title)
  return {
    title: indexTokens(title),
    body: indexTokens(fold(listing.description)),
    initials: indexTokens(initialsOf(title)),
    tags: tagsOf({ ...listing, sellerId: listing.seller.id }),
  }
}

/** 2024-01-01: `seq` counts from here, so that the index keeps small differences. */
const SEQ_EPOCH_MS = Date.UTC(2024, 0, 1)
/** Room for listings of the same millisecond; beyond it they take the next free places. */
const SEQ_PER_MS = 8

/** The place of a listing in the order of newness; the store takes the next free one when it is taken. */
export const seqOf = (bumpedAtMs: number): number => Math.max(0, bumpedAtMs - SEQ_EPOCH_MS) * SEQ_PER_MS

export const isFindable = (listing: ListingSnapshot): boolean => listing.status !== 'hidden'

/** The words of a title as rows to suggest. */
export const suggestionsOf = (title: string): { text: string; jamo: string; initials: string }[] =>
  suggestWordsOf(title).map((text) => ({ text, ...suggestKeysOf(text) }))
