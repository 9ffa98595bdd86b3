import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import { ImageId, type MemberId } from '#contracts/ids'
import { IMAGES_PER_LISTING_MAX, type Image, imageUrls } from '#contracts/media'
import type { ImageHolder } from '#contracts/media.api'
import { runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import type { MediaEnv } from './env.ts'
import {
  addTo,
  assertMayAdd,
  assertMayHang,
  hang,
  imagesOf,
  liveImage,
  purgeHeld,
  takeDownOthers,
} from './images.store.ts'
import type { ImageRow } from './schema.ts'

export type HangRequest = { ownerId: MemberId; holder: ImageHolder; imageIds: ImageId[] }
export type AddRequest = { ownerId: MemberId; holder: ImageHolder; imageId: ImageId }
export type PurgeRequest = { holder: ImageHolder; imageId?: ImageId }
export type Hung = { images: Image[]; takenDown: string[] }

/** A member has one face, a listing or a group buy up to twelve photos; a room's number only keeps a flood out. */
const HOLDS_MAX = {
  listing: IMAGES_PER_LISTING_MAX,
  member: 1,
  room: 2_000,
  group_buy: IMAGES_PER_LISTING_MAX,
} as const satisfies Record<ImageHolder['kind'], number>

/**
 * Makes `imageIds`, in this order, the whole set of photos of `holder`. All in one batch, so of two calls at once one comes wholly after
 * the other; repeating a call changes nothing. An absent photo and another member's are refused alike.
 */
export async function hangPhotos(
  env: MediaEnv,
  { actor }: CallContext,
  request: HangRequest,
  atMs: number,
): Promise<Result<Hung>> {
  const { ownerId, holder, imageIds } = request
  if (!mayActFor(actor, ownerId)) return refuse('IMAGE_NOT_YOURS')
  if (imageIds.length > HOLDS_MAX[holder.kind] || new Set(imageIds).size !== imageIds.length) {
    const message = `at most ${HOLDS_MAX[holder.kind]} images, each once`
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'imageIds', message }] })
  }
  const outcome = await runBatch(env.DB, [
    assertMayHang(env.DB, ownerId, holder, imageIds),
    takeDownOthers(env.DB, holder, imageIds, atMs),
    hang(env.DB, holder, imageIds),
  ])
  if (outcome.kind === 'aborted') return refuse('IMAGE_NOT_YOURS')
  const rows = await imagesOf(env.DB, holder)
  return ok({ images: rows.map(imageOf), takenDown: takenDownIds(outcome.results[1]) })
}

/**
 * Hangs one more photo on `holder`, behind those it has. One batch, so the holder's number holds for two at once; a photo that is
 * there already stays where it is. A room shows photos of both its members.
 */
export async function addPhoto(
  env: MediaEnv,
  { actor }: CallContext,
  { ownerId, holder, imageId }: AddRequest,
): Promise<Result<Image>> {
  if (!mayActFor(actor, ownerId)) return refuse('IMAGE_NOT_YOURS')
  const outcome = await runBatch(env.DB, [
    assertMayAdd(env.DB, ownerId, holder, imageId, HOLDS_MAX[holder.kind]),
    addTo(env.DB, holder, imageId),
  ])
  if (outcome.kind === 'aborted') return refuse('IMAGE_NOT_YOURS')
  const row = await liveImage(env.DB, imageId)
  return row ? ok(imageOf(row)) : refuse('IMAGE_NOT_YOURS')
}

/** The holder, or one photo of it, is over: its photos are served no more and their files go with the tick. */
export async function purgePhotos(env: MediaEnv, request: PurgeRequest, atMs: number): Promise<void> {
  await purgeHeld(env.DB, request.holder, request.imageId ?? null, atMs).run()
}

/** A worker of ours and an operator act for anybody, a member for themselves. */
const mayActFor = (actor: CallContext['actor'], ownerId: MemberId): boolean =>
  actor.kind === 'worker' || actor.memberId === ownerId || actor.role === 'operator'

function takenDownIds(result: D1Result | undefined): string[] {
  return (result?.results ?? []).flatMap((row) =>
    typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? [row.id] : [],
  )
}

function imageOf(row: ImageRow): Image {
  const id = ImageId.parse(row.id)
  return { id, width: row.width, height: row.height, urls: imageUrls(id) }
}
