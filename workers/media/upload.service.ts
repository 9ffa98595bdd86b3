import type { Result } from '#contracts/errors'
import type { ImageId, MemberId } from '#contracts/ids'
import { type Image, imageUrls } from '#contracts/media'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { describeError, log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import type { MediaEnv } from './env.ts'
import { type CleanImage, cleanImage, type ImageFormat } from './image/clean-image.ts'
import { insertImage } from './images.store.ts'
import { putOriginal, putVariant, removePhoto } from './photos.store.ts'
import type { ImageRow } from './schema.ts'
import { shelfOf } from './shelf.ts'
import type { Variant } from './variants.rules.ts'
import { render } from './variants.service.ts'

export type Upload = {
  ownerId: MemberId
  body: Uint8Array
  /** What the sender says it is; null when they say nothing. */
  declared: ImageFormat | null
  atMs: number
}
/** Statements that must stand or fall with the photo's row (the first answer, for retries). */
export type Completed = (image: Image) => D1PreparedStatement[]

/** Rendered at once: it proves that the photo decodes, and it is the one that people see first. */
const PROOF: Variant = { size: 'card', format: 'webp' }

/**
 * Takes a photo: checks and cleans its bytes, takes a place on the owner's shelf, proves that it decodes, stores it, and last writes it
 * down. Dying in between leaves a place or files without a row, which the shelf finds a day later and removes.
 */
export async function uploadPhoto(
  env: MediaEnv,
  upload: Upload,
  completed: Completed,
): Promise<Result<Image>> {
  const cleaned = cleanImage(upload.body)
  if (!cleaned.ok) return refuse(cleaned.code)
  const { image } = cleaned
  if (upload.declared !== null && upload.declared !== image.format) return refuse('IMAGE_TYPE_UNSUPPORTED')

  const id = newId('img', upload.atMs)
  const admitted = await shelfOf(env, upload.ownerId).admit(id, image.bytes.length, upload.atMs)
  if (admitted !== 'admitted') return refuse('IMAGE_QUOTA_REACHED')
  try {
    const stored = await store(env, upload, id, image, completed)
    if (!stored.ok) await abandon(env, upload.ownerId, id)
    return stored
  } catch (error) {
    await abandon(env, upload.ownerId, id)
    throw error
  }
}

async function store(
  env: MediaEnv,
  { ownerId, atMs }: Upload,
  id: ImageId,
  image: CleanImage,
  completed: Completed,
): Promise<Result<Image>> {
  const proof = await proofOf(env, image)
  if (!proof.ok) return proof
  const sha256 = await sha256Of(image.bytes)
  await putOriginal(env.PHOTOS, id, { ...image, sha256 })
  await putVariant(env.PHOTOS, id, PROOF, proof.value)
  const { format, width, height } = image
  const row: ImageRow = {
    id,
    ownerId,
    sha256,
    format,
    width,
    height,
    bytes: image.bytes.length,
    createdAtMs: atMs,
    holderKind: null,
    holderId: null,
    position: null,
    detachedAtMs: null,
    purgedAtMs: null,
  }
  const reply: Image = { id, width, height, urls: imageUrls(id) }
  const outcome = await runBatch(env.DB, [insertImage(env.DB, row), ...completed(reply)])
  // The only guard in this batch is the claim of an Idempotency-Key, lost to a retry that came while we were slow.
  return outcome.kind === 'done' ? ok(reply) : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** The first variant, or why there is none: the photo's fault when the service renders a picture that we know is good. */
async function proofOf(env: MediaEnv, image: CleanImage): Promise<Result<ArrayBuffer>> {
  try {
    return ok(await render(env.IMAGES, streamOf(image.bytes), PROOF))
  } catch (error) {
    log('info', 'photo did not decode', describeError(error))
    try {
      await render(env.IMAGES, streamOf(KNOWN_GOOD), PROOF)
      return refuse('IMAGE_BROKEN')
    } catch (outage) {
      log('error', 'image service is out', describeError(outage))
      return refuse('UNAVAILABLE', { retryAfterSeconds: 10 })
    }
  }
}

/** Best effort: what stays behind is found by the shelf's look a day later. */
async function abandon(env: MediaEnv, ownerId: MemberId, id: ImageId): Promise<void> {
  try {
    await removePhoto(env.PHOTOS, id)
    await shelfOf(env, ownerId).release(id)
  } catch (error) {
    log('warn', 'abandoned photo left to its shelf', describeError(error))
  }
}

const streamOf = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> => new Blob([bytes]).stream()

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A PNG of one white pixel. */
const KNOWN_GOOD = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWP4//8/AAX+Av5Y8msOAAAAAElFTkSuQmCC'),
  (character) => character.charCodeAt(0),
)
