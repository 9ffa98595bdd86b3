import type { Result } from '#contracts/errors'
import type { Category, EditListing, ListingStatus } from '#contracts/listings'
import { HOUR_MS, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'

/** Listings a member may have open (everything but sold) at once. */
export const OPEN_LISTINGS_MAX = 200
/** A thing may be lifted to the top once in this time. */
export const BUMP_COOL_DOWN_MS = 24 * HOUR_MS

/** Where a listing may go from where it stands. Reserving is for what is on sale: a sold or hidden thing is put back first. */
const TRANSITIONS: Record<ListingStatus, readonly ListingStatus[]> = {
  on_sale: ['reserved', 'sold', 'hidden'],
  reserved: ['on_sale', 'sold', 'hidden'],
  sold: ['on_sale', 'hidden'],
  hidden: ['on_sale', 'sold'],
}

/** The status after asking for `to`; asking for the present one is no change. */
export function moveStatus(from: ListingStatus, to: ListingStatus): Result<ListingStatus> {
  if (from === to || TRANSITIONS[from].includes(to)) return ok(to)
  return refuse('VALIDATION_FAILED', {
    errors: [{ path: 'status', message: `cannot go from ${from} to ${to}` }],
  })
}

/** When a listing may be bumped again; only what is on sale can be. */
export function bump(status: ListingStatus, bumpedAtMs: number, nowMs: number): Result<{ atMs: number }> {
  if (status !== 'on_sale') {
    return refuse('VALIDATION_FAILED', {
      errors: [{ path: 'status', message: 'only a thing on sale is bumped' }],
    })
  }
  const waitMs = bumpedAtMs + BUMP_COOL_DOWN_MS - nowMs
  if (waitMs > 0) return refuse('BUMP_TOO_SOON', { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) })
  return ok({ atMs: nowMs })
}

/** Parts that grow into a plant: selling them needs a seed-business registration (종자산업법). */
const PLANT_PARTS = [
  /삽수|삽목|꺾꽂이|물꽂이/,
  /씨앗|종자|종균|씨감자|구근/,
  /묘목|모종/,
  /\b(?:un)?rooted cuttings?\b|\bcuttings?\b/i,
  /\bseeds?\b|\bseedlings?\b|\bsaplings?\b|\bbulbs?\b/i,
]
/** Tools that carry such a word in their name and are no plant at all. */
const GARDEN_TOOLS =
  /모종\s?(?:삽|컵|트레이|판|화분)|(?:씨앗|종자)\s?(?:통|함|병|보관함|파종기|발아기|틀)|삽목\s?(?:상자|판|트레이)|\b(?:cutting|seed(?:ling)?)s?\s(?:tray|box|starter|board|tool|tin)s?\b/gi

/** Whether a title in the plants' category offers a part that may not be sold; whole potted plants are fine. */
export function forbiddenPlantPart(category: Category, title: string): boolean {
  if (category !== 'plants') return false
  const offered = title.replace(GARDEN_TOOLS, ' ')
  return PLANT_PARTS.some((part) => part.test(offered))
}

type Editable = {
  title: string
  description: string
  category: Category
  price: number
  region: string | null
}

/** The fields an edit really changes; photos and place are compared by the caller, who knows how they are kept. */
export function changedFields(before: Editable & { status: ListingStatus }, edit: EditListing): string[] {
  const fields = ['title', 'description', 'category', 'price', 'region', 'status'] as const
  return fields.filter((field) => edit[field] !== undefined && edit[field] !== before[field])
}
