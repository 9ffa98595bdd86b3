import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { ImageId } from '#contracts/ids'
import { type Image, imageUrls } from '#contracts/media'

const OTHERS_PHOTO = /zzzz$/

/** Stands for media where identity is tested alone: every photo is one's own, but those whose id ends in zzzz. */
export class MediaRpc extends WorkerEntrypoint {
  /** As the contract has it. */
  async attach(_ctx: unknown, request: { imageIds: ImageId[] }): Promise<Result<Image[]>> {
    if (request.imageIds.some((id) => OTHERS_PHOTO.test(id)))
      return { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    return {
      ok: true,
      value: request.imageIds.map((id) => ({ id, width: 800, height: 800, urls: imageUrls(id) })),
    }
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
