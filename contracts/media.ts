import { z } from '@hono/zod-openapi'
import { ImageId } from './ids.ts'

export const IMAGE_BYTES_MAX = 10 * 1024 * 1024
export const IMAGE_SIDE_PX_MAX = 8000
export const IMAGES_PER_LISTING_MAX = 12

/** Paths on our own host; the file behind one never changes. */
export const ImageUrls = z
  .object({ thumb: z.string(), card: z.string(), full: z.string() })
  .openapi('ImageUrls')
export type ImageUrls = z.infer<typeof ImageUrls>

export const Image = z
  .object({ id: ImageId, width: z.int(), height: z.int(), urls: ImageUrls })
  .openapi('Image')
export type Image = z.infer<typeof Image>

export { IMAGE_SIDES_PX, imageSources, imageUrls } from './image-urls.ts'
