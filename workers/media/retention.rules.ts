import { DAY_MS } from '#kit/clock'

/** A photo that was uploaded and never hung on anything. */
export const LOOSE_KEPT_MS = DAY_MS
/** A photo taken down: whoever deletes a listing by mistake, or reads an old page, still finds it for a while. */
export const TAKEN_DOWN_KEPT_MS = 30 * DAY_MS

/** When a photo that hangs nowhere is over. */
export const dueAtMs = (photo: { createdAtMs: number; detachedAtMs: number | null }): number =>
  photo.detachedAtMs === null ? photo.createdAtMs + LOOSE_KEPT_MS : photo.detachedAtMs + TAKEN_DOWN_KEPT_MS
