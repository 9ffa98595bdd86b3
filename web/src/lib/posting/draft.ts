import type { Image } from '#contracts/media'
import type { Place } from '$lib/place/place.ts'

/** What a person has typed so far, and the photos that already arrived. */
export type Draft<Answers> = { answers: Answers; place: Place | null; images: Image[] }

const PHOTOS_KEPT_MS = 23 * 60 * 60 * 1000
const keyOf = (name: string) => `madang.draft.${name}`

/** Photos nobody attached are swept after a day, so an older draft comes back without them. */
export function readDraft<Answers extends object>(name: string, blank: Answers): Draft<Answers> | null {
  try {
    const kept: { at: number; draft: Draft<Partial<Answers>> } | null = JSON.parse(
      localStorage.getItem(keyOf(name)) ?? 'null',
    )
    if (!kept?.draft.answers) return null
    const { answers, place, images } = kept.draft
    const areThere = Date.now() - kept.at < PHOTOS_KEPT_MS
    return { answers: { ...blank, ...answers }, place, images: areThere ? images : [] }
  } catch {
    return null
  }
}

/** Without storage nothing is promised and nothing breaks. */
export function keepDraft(name: string, draft: Draft<object>): void {
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
