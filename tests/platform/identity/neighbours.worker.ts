import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { IdentityApi } from '#contracts/identity.api'
import { type ImageId, MemberId } from '#contracts/ids'
import { type Image, imageUrls } from '#contracts/media'

const CTX = {
  actor: { kind: 'worker', worker: 'tests' },
  requestId: 'test',
  idempotencyKey: 'test',
} as const
/** What payments says of whom. */
const wallets = new Map<string, string>()
const OTHERS_PHOTO = /zzzz$/
const PHOTO_THAT_BREAKS_MEDIA = /yyyy$/

/**
 * Stands for the workers around identity where it is tested alone. As media: every photo is one's own, but those whose id ends
 * in zzzz. As payments: a member may leave unless a test said what is in the way (`/wallet?member=&is=full|away`). Over HTTP it lets a
 * test ask identity's RPC: `/tick`, `/members?ids=a,b`, `/suspend`, `/lift`, `/by-nickname`, `/check-password`, `/letter`.
 */
export default class Neighbours extends WorkerEntrypoint<{ IDENTITY: Service<IdentityApi> }> {
  /** As media's contract has it. */
  async attach(_ctx: unknown, { imageIds }: { imageIds: ImageId[] }): Promise<Result<Image[]>> {
    if (imageIds.some((id) => PHOTO_THAT_BREAKS_MEDIA.test(id))) throw new Error('media is down')
    if (imageIds.some((id) => OTHERS_PHOTO.test(id)))
      return { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    return { ok: true, value: imageIds.map((id) => ({ id, width: 800, height: 800, urls: imageUrls(id) })) }
  }

  /** As payments' contract has it. */
  async mayLeave(_ctx: unknown, memberId: MemberId): Promise<Result<null>> {
    const wallet = wallets.get(memberId)
    if (wallet === 'away') throw new Error('payments is down')
    return wallet === 'full'
      ? { ok: false, refusal: { code: 'WALLET_NOT_EMPTY' } }
      : { ok: true, value: null }
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const { IDENTITY } = this.env
    if (pathname === '/tick') return Response.json(await IDENTITY.tick({ atMs: Date.now() }))
    if (pathname === '/suspend') return Response.json(await IDENTITY.suspend(CTX, await request.json()))
    if (pathname === '/wallet') {
      wallets.set(searchParams.get('member') ?? '', searchParams.get('is') ?? '')
      return new Response(null, { status: 204 })
    }
    if (pathname === '/by-nickname')
      return Response.json(await IDENTITY.memberByNickname(CTX, await request.text()))
    if (pathname === '/check-password')
      return Response.json(await IDENTITY.checkPassword(CTX, await request.json()))
    if (pathname === '/letter') return Response.json(await IDENTITY.letter(CTX, await request.json()))
    if (pathname === '/lift') return Response.json(await IDENTITY.liftSuspension(CTX, await request.json()))
    const ids = (searchParams.get('ids') ?? '').split(',').map((id) => MemberId.parse(id))
    return Response.json(await IDENTITY.members(CTX, ids))
  }
}
