import type { ImageId } from '#contracts/ids'
import type { ImageFormat } from './image/clean-image.ts'
import { CONTENT_TYPES, type Variant, variantName } from './variants.rules.ts'

/**
 * Photos in R2. A key names one content for ever (an id is never used twice, the original's key ends with its hash) and is only ever
 * created: a second put of the same key changes nothing.
 */
const folderOf = (id: string) => `photos/${id}/`
const originalKey = (id: ImageId, sha256: string) => `${folderOf(id)}original-${sha256}`
const variantKey = (id: ImageId, variant: Variant) => `${folderOf(id)}${variantName(variant)}`

const CREATE_ONLY = { etagDoesNotMatch: '*' }

export async function putOriginal(
  bucket: R2Bucket,
  id: ImageId,
  photo: { bytes: Uint8Array; sha256: string; format: ImageFormat },
): Promise<void> {
  // R2 itself checks the hash: bytes damaged on the way are refused.
  await bucket.put(originalKey(id, photo.sha256), photo.bytes, {
    onlyIf: CREATE_ONLY,
    sha256: photo.sha256,
    httpMetadata: { contentType: CONTENT_TYPES[photo.format] },
  })
}

export async function original(
  bucket: R2Bucket,
  id: ImageId,
  sha256: string,
): Promise<ReadableStream<Uint8Array> | null> {
  return (await bucket.get(originalKey(id, sha256)))?.body ?? null
}

export async function putVariant(
  bucket: R2Bucket,
  id: ImageId,
  variant: Variant,
  bytes: ArrayBuffer,
): Promise<void> {
  await bucket.put(variantKey(id, variant), bytes, {
    onlyIf: CREATE_ONLY,
    httpMetadata: { contentType: CONTENT_TYPES[variant.format] },
  })
}

export const storedVariant = (
  bucket: R2Bucket,
  id: ImageId,
  variant: Variant,
): Promise<R2ObjectBody | null> => bucket.get(variantKey(id, variant))

/** Removes a photo and its variants. Running it again, or after it died half way, removes what is left. */
export async function removePhoto(bucket: R2Bucket, id: string): Promise<void> {
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix: folderOf(id) })
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}
