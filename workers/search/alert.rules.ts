import type { EventOf, ListingSnapshot } from '#contracts/events'
import type { SaveAlert } from '#contracts/search'
import { type Word, wordsOf } from './query.rules.ts'
import { distanceKm } from './tags.rules.ts'
import { fold, indexTokens, initialsOf, pairs } from './text.rules.ts'

/** What is asked for, as it is kept: words folded and in one order, the position rounded to about 100 m. */
export type Wish = {
  words: readonly Word[]
  category: string | null
  minPrice: number | null
  maxPrice: number | null
  place: { lat: number; lng: number; radiusKm: number } | null
}

const POSITION_STEPS_PER_DEGREE = 1_000
const rounded = (degrees: number): number =>
  Math.round(degrees * POSITION_STEPS_PER_DEGREE) / POSITION_STEPS_PER_DEGREE

export const wishOf = ({ q, category, minPrice, maxPrice, near, radiusKm }: SaveAlert): Wish => ({
  words: wordsOf(q),
  category: category ?? null,
  minPrice: minPrice ?? null,
  maxPrice: maxPrice ?? null,
  place:
    near === undefined || radiusKm === undefined
      ? null
      : { lat: rounded(near.lat), lng: rounded(near.lng), radiusKm },
})

/** One text for one wish, however its words were spaced, ordered or capitalised. */
export function contentOf({ words, category, minPrice, maxPrice, place }: Wish): string {
  const texts = words.map(({ kind, chars }) => `${kind}:${chars.join('')}`).sort()
  return JSON.stringify([texts, category, minPrice, maxPrice, place?.lat, place?.lng, place?.radiusKm])
}

/** A token of the index and how to ask the index for it. */
export type Gram = { gram: string; match: string }

/** Every token that a listing must have to fit; any one of them is enough to find the alert by. */
export function gramsOf(words: readonly Word[]): Gram[] {
  const grams = words.flatMap(({ kind, chars }) =>
    (chars.length === 1 ? chars : pairs(chars)).map((token) => gramOf(kind, token)),
  )
  return [...new Map(grams.map((one) => [one.gram, one])).values()]
}

const gramOf = (kind: Word['kind'], token: string): Gram =>
  kind === 'text'
    ? { gram: `t:${token}`, match: `{title body} : "${token}"` }
    : { gram: `i:${token}`, match: `initials : "${token}"` }

/** A listing's texts as the index sees them. */
export type Texts = { title: string; body: string; initials: string }

export function textsOf({ title, description }: ListingSnapshot): Texts {
  const folded = fold(title)
  return { title: folded, body: fold(description), initials: initialsOf(folded) }
}

/** The tokens a listing has, each once: some 16,000 for the longest description there may be. */
export function listingGrams({ title, body, initials }: Texts): string[] {
  const tokens = (prefix: string, text: string) =>
    text === ''
      ? []
      : indexTokens(text)
          .split(' ')
          .map((token) => `${prefix}:${token}`)
  return [...new Set([...tokens('t', title), ...tokens('t', body), ...tokens('i', initials)])]
}

/** As the index does: every word in a row somewhere in the title or the description, first consonants in the title. */
export const hasWords = ({ title, body, initials }: Texts, words: readonly Word[]): boolean =>
  words.every(({ kind, chars }) => {
    const letters = chars.join('')
    return kind === 'text' ? title.includes(letters) || body.includes(letters) : initials.includes(letters)
  })

export const isWithin = (place: Wish['place'], location: ListingSnapshot['location']): boolean =>
  place === null || (location !== null && distanceKm(place, location) <= place.radiusKm)

/**
 * What a thing on sale brings before alerts: itself (it appeared or came on sale again), a lower price that some had been
 * waiting for, or nothing new.
 */
export type News = { kind: 'appeared' } | { kind: 'cheaper'; beforePrice: number } | { kind: 'nothing' }

export function newsOf(event: EventOf<'listing.posted' | 'listing.changed'>): News {
  if (event.type === 'listing.posted') return { kind: 'appeared' }
  const { before, changed, price } = event.data
  if (before === undefined) return newsWithoutBefore(changed)
  if (before.status !== 'on_sale') return { kind: 'appeared' }
  return before.price > price ? { kind: 'cheaper', beforePrice: before.price } : { kind: 'nothing' }
}

/** Facts of before it was told what had been: who would pay any price was told at the posting, who set a limit may not have been. */
function newsWithoutBefore(changed: readonly string[]): News {
  if (changed.includes('status')) return { kind: 'appeared' }
  return changed.includes('price')
    ? { kind: 'cheaper', beforePrice: Number.MAX_SAFE_INTEGER }
    : { kind: 'nothing' }
}
