import type { Image } from '#contracts/media'
import type { Place } from '$lib/place/place.ts'
import type { Answers } from './form.ts'

/** What a host has typed so far, on this device. */
export type Draft = { answers: Answers; place: Place | null; images: Image[] }

const KEY = 'madang.draft.together'
const PHOTOS_KEPT_MS = 23 * 60 * 60 * 1000

/** Photos nobody attached are swept after a day, so an older draft comes back without them. */
export function readDraft(): Draft | null {
  try {
    const kept: { at: number; draft: Draft } | null = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    if (!kept) return null
    return Date.now() - kept.at < PHOTOS_KEPT_MS ? kept.draft : { ...kept.draft, images: [] }
  } catch {
    return null
  }
}

/** Null forgets it. Without storage nothing is promised and nothing breaks: the form itself still holds everything. */
export function keepDraft(draft: Draft | null): void {
  try {
    if (draft === null) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), draft }))
  } catch {
    // Full or forbidden.
  }
}
