import type { GroupBuySnapshot, ListingSnapshot } from '#contracts/events'
import { GROUP_BUY_SEARCH_STATES } from '#contracts/search'
import { suggestKeysOf, suggestWordsOf } from './suggest.rules.ts'
import { buyTagsOf, tagsOf } from './tags.rules.ts'
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

/** The same of a group buy. Keywords and story are folded one by one, so that no pair runs from one into the next. */
export const buyEntryOf = (buy: GroupBuySnapshot): IndexEntry => {
  const title = fold(buy.title)
  return {
    title: indexTokens(title),
    body: [...buy.keywords, buy.description].map((part) => indexTokens(fold(part))).join(' '),
    initials: indexTokens(initialsOf(title)),
    tags: buyTagsOf(buy),
  }
}

/** 2024-01-01: `seq` counts from here, so that the index keeps small differences. */
const SEQ_EPOCH_MS = Date.UTC(2024, 0, 1)
/** Room for listings of the same millisecond; beyond it they take the next free places. */
const SEQ_PER_MS = 8

/** The place of a listing in the order of newness; the store takes the next free one when it is taken. */
export const seqOf = (bumpedAtMs: number): number => Math.max(0, bumpedAtMs - SEQ_EPOCH_MS) * SEQ_PER_MS

/** One that came to its end is found no more. */
export const isOver = ({ state }: Pick<GroupBuySnapshot, 'state'>): boolean =>
  !GROUP_BUY_SEARCH_STATES.some((findable) => findable === state)

export const isFindable = (listing: ListingSnapshot): boolean => listing.status !== 'hidden'

/** The words of a title as rows to suggest. */
export const suggestionsOf = (title: string): { text: string; jamo: string; initials: string }[] =>
  suggestWordsOf(title).map((text) => ({ text, ...suggestKeysOf(text) }))
