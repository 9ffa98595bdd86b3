import type { ImageId } from '#contracts/ids'
import type { IMAGE_SIDES_PX } from '#contracts/media'
import type { ImageFormat } from './image/clean-image.ts'

export const VARIANT_SIZES = [
  'thumb',
  'card',
  'screen',
  'full',
] as const satisfies (keyof typeof IMAGE_SIDES_PX)[]
export type VariantSize = (typeof VARIANT_SIZES)[number]
export type VariantFormat = Extract<ImageFormat, 'webp' | 'avif' | 'jpeg'>
export type Variant = { size: VariantSize; format: VariantFormat }

export const CONTENT_TYPES = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
} as const satisfies Record<ImageFormat, string>

/** At these, a photo and its variant are hard to tell apart side by side. */
export const VARIANT_QUALITY = { jpeg: 82, webp: 80, avif: 60 } as const satisfies Record<
  VariantFormat,
  number
>

/**
 * The format for an `Accept` header. WebP comes before AVIF: at these sizes AVIF saves little and takes ten times as long to make, which
 * the first person to look would wait for. Who names neither (crawlers, mail) gets JPEG.
 */
export function formatFor(accept: string | undefined): VariantFormat {
  const taken = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
    .map(([type]) => type)
  if (taken.includes('image/webp')) return 'webp'
  return taken.includes('image/avif') ? 'avif' : 'jpeg'
}

export const variantName = ({ size, format }: Variant) => `${size}.${format}`

/** Strong and known without reading the file: what is behind an id never changes. */
export const variantTag = (id: ImageId, variant: Variant) => `"${id}-${variantName(variant)}"`

/** Whether `If-None-Match` names this tag; caches may have made it weak. */
export function isTagNamed(ifNoneMatch: string | undefined, tag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}
