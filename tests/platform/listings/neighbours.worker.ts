import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { ImageId, MemberId } from '#contracts/ids'
import { type Image, imageUrls } from '#contracts/media'
import type { ImageHolder } from '#contracts/media.api'

type Attach = { ownerId: MemberId; holder: ImageHolder; imageIds: ImageId[] }

/** Which photos hang on which listing, as media would hold it. */
const hung = new Map<string, ImageId[]>()
let isDown = false

/**
 * Identity and media, as far as listings asks them: every member exists and is called by the end of their id; a photo belongs
 * to whoever uses it first, on one listing. `PUT /down` and `PUT /up` stop and start media.
 */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    const value = ids.map((id) => ({
      id,
      nickname: `이웃 ${id.slice(-4)}`,
      photo: null,
      region: null,
      introduction: '',
      joinedAt: '2026-01-01T00:00:00.000Z',
      withdrawn: false,
    }))
    return { ok: true, value }
  }

  attach(_ctx: unknown, { holder, imageIds }: Attach): Result<Image[]> {
    if (isDown) throw new Error('media is down')
    const others = [...hung].filter(([id]) => id !== holder.id).flatMap(([, ids]) => ids)
    if (imageIds.some((id) => others.includes(id))) return { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    hung.set(holder.id, imageIds)
    return { ok: true, value: imageIds.map((id) => ({ id, width: 800, height: 600, urls: imageUrls(id) })) }
  }

  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url)
    if (request.method === 'PUT') isDown = pathname === '/down'
    return Response.json({ hung: Object.fromEntries(hung) })
  }
}
