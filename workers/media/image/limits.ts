import { IMAGE_BYTES_MAX, IMAGE_SIDE_PX_MAX } from '#contracts/media'
import type { ImageRefusal } from './clean-image.ts'

/** 40 MP decode to 160 MB of RGBA: the most that the platform's image service is asked to hold for one photo. */
export const IMAGE_AREA_PX_MAX = 40_000_000

/** Segments, chunks or boxes in one file. Real photos have at most some thousand; millions of empty ones would only keep us busy. */
export const PIECES_MAX = 8192

/** Refuses by size in bytes alone, before anything inside is looked at. */
export function refusalBySize(byteLength: number): ImageRefusal | undefined {
  return byteLength > IMAGE_BYTES_MAX ? 'IMAGE_TOO_LARGE' : undefined
}

/** Refuses by the size that the header states, before any pixel is decoded: a bomb is small as a file. */
export function refusalByPixels(width: number, height: number): ImageRefusal | undefined {
  if (width < 1 || height < 1) return 'IMAGE_BROKEN'
  if (width > IMAGE_SIDE_PX_MAX || height > IMAGE_SIDE_PX_MAX) return 'IMAGE_DIMENSIONS_TOO_LARGE'
  return width * height > IMAGE_AREA_PX_MAX ? 'IMAGE_DIMENSIONS_TOO_LARGE' : undefined
}
