import { DAY_MS } from '#kit/clock'

/** Photos a member may upload in a day without hanging them on anything: 25 full listings. */
export const LOOSE_PHOTOS_PER_DAY_MAX = 300
/** Everything a member's photos take together, loose and hung. */
export const SHELF_BYTES_MAX = 500 * 1024 * 1024
export const LOOSE_WINDOW_MS = DAY_MS

export type ShelfUse = { loosePhotosToday: number; bytes: number }
export type Admission = 'admitted' | 'too_many_today' | 'shelf_full'

/** Whether one more photo of `bytes` fits. */
export function admission(use: ShelfUse, bytes: number): Admission {
  if (use.loosePhotosToday >= LOOSE_PHOTOS_PER_DAY_MAX) return 'too_many_today'
  return use.bytes + bytes > SHELF_BYTES_MAX ? 'shelf_full' : 'admitted'
}
