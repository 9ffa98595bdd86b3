import { hasText, viewOf } from './bytes.ts'

/** How the stored pixels must be turned to stand upright, as EXIF numbers it. 1 is upright; 5 to 8 lie on their side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const ORIENTATION_TAG = 0x0112
const TYPE_SHORT = 3
/** Cameras write at most a few dozen entries; more is someone's noise. */
const ENTRIES_MAX = 512

const isOrientation = (value: number): value is Orientation =>
  Number.isInteger(value) && value >= 1 && value <= 8

/**
 * The orientation from a TIFF block (the inside of EXIF). Cameras and editors write strange blocks around good pixels, so
 * whatever cannot be read counts as upright and never breaks a photo.
 */
export function readOrientation(tiff: Uint8Array): Orientation {
  try {
    const view = viewOf(tiff)
    const littleEndian = hasText(tiff, 0, 'II')
    if (!littleEndian && !hasText(tiff, 0, 'MM')) return 1
    if (view.getUint16(2, littleEndian) !== 42) return 1
    const directory = view.getUint32(4, littleEndian)
    const entries = Math.min(view.getUint16(directory, littleEndian), ENTRIES_MAX)
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + i * 12
      if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue
      if (view.getUint16(entry + 2, littleEndian) !== TYPE_SHORT) return 1
      const value = view.getUint16(entry + 8, littleEndian)
      return isOrientation(value) ? value : 1
    }
    return 1
  } catch (error) {
    if (error instanceof RangeError) return 1
    throw error
  }
}

/** A TIFF block that says the orientation and nothing else: no place, no serial number, no thumbnail. */
export function writeOrientation(orientation: Orientation): Uint8Array {
  const tiff = new Uint8Array(26)
  const view = viewOf(tiff)
  tiff.set([0x4d, 0x4d, 0, 42, 0, 0, 0, 8])
  view.setUint16(8, 1)
  view.setUint16(10, ORIENTATION_TAG)
  view.setUint16(12, TYPE_SHORT)
  view.setUint32(14, 1)
  view.setUint16(18, orientation)
  return tiff
}

/** Width and height as a person sees them. */
export const upright = (width: number, height: number, orientation: Orientation) =>
  orientation >= 5 ? { width: height, height: width } : { width, height }
