import type { Result } from '#contracts/errors'
import type { ImageId } from '#contracts/ids'
import { IMAGE_SIDES_PX } from '#contracts/media'
import { describeError, log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import type { MediaEnv } from './env.ts'
import { liveImage } from './images.store.ts'
import { original, putVariant, storedVariant } from './photos.store.ts'
import { CONTENT_TYPES, VARIANT_QUALITY, type Variant, variantName } from './variants.rules.ts'

/** When the image service is out: sizes that were asked for before are still served. */
const RENDER_RETRY_SECONDS = 5

/** Requests for the same missing variant share one rendering, within this isolate; another isolate may render it as well. */
const renderings = new Map<string, Promise<ArrayBuffer | null>>()

/** A variant's bytes: kept ones, or rendered at the first request and kept. */
export async function variantOf(
  env: MediaEnv,
  id: ImageId,
  variant: Variant,
): Promise<Result<ReadableStream | ArrayBuffer>> {
  const stored = await storedVariant(env.PHOTOS, id, variant)
  if (stored) return ok(stored.body)
  try {
    const rendered = await renderOnce(env, id, variant)
    return rendered === null ? refuse('NOT_FOUND') : ok(rendered)
  } catch (error) {
    log('error', 'photo not rendered', {
      imageId: id,
      variant: variantName(variant),
      ...describeError(error),
    })
    return refuse('UNAVAILABLE', { retryAfterSeconds: RENDER_RETRY_SECONDS })
  }
}

function renderOnce(env: MediaEnv, id: ImageId, variant: Variant): Promise<ArrayBuffer | null> {
  const key = `${id} ${variantName(variant)}`
  const running = renderings.get(key)
  if (running) return running
  const rendering = renderAndKeep(env, id, variant).finally(() => renderings.delete(key))
  renderings.set(key, rendering)
  return rendering
}

async function renderAndKeep(env: MediaEnv, id: ImageId, variant: Variant): Promise<ArrayBuffer | null> {
  const row = await liveImage(env.DB, id)
  const photo = row && (await original(env.PHOTOS, id, row.sha256))
  if (!photo) return null
  const bytes = await render(env.IMAGES, photo, variant)
  await putVariant(env.PHOTOS, id, variant, bytes)
  return bytes
}

/** Scales a photo down to a variant, upright (the service applies EXIF orientation) and without metadata. */
export async function render(
  service: ImagesBinding,
  photo: ReadableStream<Uint8Array>,
  { size, format }: Variant,
): Promise<ArrayBuffer> {
  // Longest side in pixels; a smaller photo is never enlarged.
  const side = IMAGE_SIDES_PX[size]
  const result = await service
    .input(photo)
    .transform({ width: side, height: side, fit: 'scale-down' })
    .output({
      format: CONTENT_TYPES[format],
      quality: VARIANT_QUALITY[format],
      ...(format === 'jpeg' ? { background: '#ffffff' } : {}),
    })
  return await result.response().arrayBuffer()
}
