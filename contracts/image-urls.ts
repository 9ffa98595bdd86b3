import type { ImageId } from './ids.ts'
import type { Image, ImageUrls } from './media.ts'

// Apart from contracts/media, so that pages can use it without the schemas.

/** The longest side of each size an image is served in; `screen` is a phone's width and only named in `imageSources`. */
export const IMAGE_SIDES_PX = { thumb: 320, card: 640, screen: 1080, full: 1600 } as const

/** Where the three sizes of an image are served; this and `imageSources` are the places that know the path's shape. */
export const imageUrls = (id: ImageId): ImageUrls => ({
  thumb: `/img/${id}/thumb`,
  card: `/img/${id}/card`,
  full: `/img/${id}/full`,
})

/** A `srcset` for a photo shown as wide as its column; a photo standing upright is narrower than its longest side. */
export function imageSources({ id, width, height }: Pick<Image, 'id' | 'width' | 'height'>): string {
  const narrowing = Math.min(1, width / height)
  const sizes = ['card', 'screen', 'full'] as const
  return sizes.map((size) => `/img/${id}/${size} ${Math.round(IMAGE_SIDES_PX[size] * narrowing)}w`).join(', ')
}
