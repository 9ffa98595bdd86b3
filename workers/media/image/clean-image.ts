import type { ErrorCode } from '#contracts/errors'
import { cleanAvif } from './avif.ts'
import { fourCharacters, hasText } from './bytes.ts'
import { cleanJpeg } from './jpeg.ts'
import { refusalBySize } from './limits.ts'
import type { Orientation } from './orientation.ts'
import { cleanPng } from './png.ts'
import { cleanWebp } from './webp.ts'

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif'

/** Why a photo is not taken. */
export type ImageRefusal = Extract<
  ErrorCode,
  | 'IMAGE_TYPE_UNSUPPORTED'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_DIMENSIONS_TOO_LARGE'
  | 'IMAGE_BROKEN'
  | 'IMAGE_ANIMATED'
>

/**
 * A photo that tells nothing but its picture. `width` and `height` are as a person sees it; `orientation` is what is still to be
 * applied to the pixels in `bytes` (AVIF turns by its own boxes, so there it is always 1).
 */
export type CleanImage = {
  format: ImageFormat
  width: number
  height: number
  orientation: Orientation
  bytes: Uint8Array<ArrayBuffer>
}
export type Cleaned = { ok: true; image: CleanImage } | { ok: false; code: ImageRefusal }

export const refuse = (code: ImageRefusal): Cleaned => ({ ok: false, code })

/**
 * Looks at a photo without decoding it, refuses what must not be decoded, and takes out everything that is not picture: EXIF, XMP,
 * IPTC, comments, thumbnails and whatever follows the end. The pixels stay bit for bit. Cleaning twice gives the same bytes.
 */
export function cleanImage(bytes: Uint8Array): Cleaned {
  const tooLarge = refusalBySize(bytes.length)
  if (tooLarge) return refuse(tooLarge)
  if (bytes.length === 0) return refuse('IMAGE_BROKEN')
  const clean = cleanerFor(bytes)
  if (!clean) return refuse('IMAGE_TYPE_UNSUPPORTED')
  try {
    return clean(bytes)
  } catch (error) {
    if (error instanceof RangeError) return refuse('IMAGE_BROKEN')
    throw error
  }
}

/** By the first bytes alone: neither the file's name nor its declared type is believed. */
function cleanerFor(bytes: Uint8Array): ((bytes: Uint8Array) => Cleaned) | undefined {
  if (hasText(bytes, 0, '\xff\xd8\xff')) return cleanJpeg
  if (hasText(bytes, 0, '\x89PNG\r\n\x1a\n')) return cleanPng
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP')) return cleanWebp
  if (bytes.length >= 12 && fourCharacters(bytes, 4) === 'ftyp') return cleanAvif
  return undefined
}
