import type { Image } from '#contracts/media'
import type { Place } from '$lib/place/place.ts'

/** What a person has typed so far, and the photos that already arrived. */
export type Draft = {
  title: string
  category: string
  price: string
  free: boolean
  description: string
  place: Place | null
  images: Image[]
}

const KEPT_MS = 23 * 60 * 60 * 1000
const keyOf = (name: string) => `madang.draft.${name}`

/** Photos nobody attached are swept after a day, so an older draft comes back without them. */
export function readDraft(name: string): Draft | null {
  try {
    const kept: { at: number; draft: Draft } | null = JSON.parse(localStorage.getItem(keyOf(name)) ?? 'null')
    if (!kept) return null
    return Date.now() - kept.at < KEPT_MS ? kept.draft : { ...kept.draft, images: [] }
  } catch {
    return null
  }
}

/** Without storage nothing is promised and nothing breaks. */
export function keepDraft(name: string, draft: Draft): void {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify({ at: Date.now(), draft }))
  } catch {
    // Full or forbidden: the form itself still holds everything.
  }
}

export function dropDraft(name: string): void {
  try {
    localStorage.removeItem(keyOf(name))
  } catch {
    // There was none.
  }
}
