import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { ImageId, type MemberId } from '#contracts/ids'
import { callWithin } from '#kit/call'
import { nowMs, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { ListingsEnv } from './env.ts'
import { keepAskedFace, readSeller, type SellerRow } from './seller.store.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS

export type SellerNow = SellerRow & { open: number }

/** A face read within this time is good for a reply; what must be right (limits, leaving) is guarded where it is written. */
const FACE_FRESH_MS = 3 * SECOND_MS
const FACES_MAX = 2_000
const faces = new Map<MemberId, { seller: SellerNow; untilMs: number }>()

/** As `sellerFor`, but content with a face read a moment ago: a trip to the database less for those who write a lot. */
export async function recentSellerFor(
  env: ListingsEnv,
  memberId: MemberId,
  requestId: string,
): Promise<Result<SellerNow>> {
  const known = faces.get(memberId)
  if (known && known.untilMs > nowMs()) return ok(known.seller)
  const seller = await sellerFor(env, memberId, requestId)
  if (!seller.ok) return seller
  if (faces.size >= FACES_MAX) faces.clear()
  faces.set(memberId, { seller: { ...seller.value, open: 0 }, untilMs: nowMs() + FACE_FRESH_MS })
  return seller
}

/**
 * The face of someone about to post or comment. Asked of identity the first time, heard ever after. A member who withdrew
 * may still hold a token for some minutes: theirs is an ended session.
 */
export async function sellerFor(
  env: ListingsEnv,
  memberId: MemberId,
  requestId: string,
): Promise<Result<SellerNow>> {
  const known = await readSeller(env.DB, memberId)
  if (known) return known.withdrawnAtMs === null ? ok(known) : refuse('SESSION_ENDED')
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'listings' },
    requestId,
    idempotencyKey: `face:${memberId}`,
  }
  const asked = await callWithin<Result<PublicMember[]>>(
    'identity.members',
    IDENTITY_DEADLINE_MS,
    async () => await env.IDENTITY.members(ctx, [memberId]),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  if (!asked.ok) return asked
  const member = asked.value.find(({ id }) => id === memberId)
  if (!member || member.withdrawn) return refuse('SESSION_ENDED')
  const photoId = ImageId.safeParse(member.photo?.thumb.split('/').at(-2)).data ?? null
  const face = { memberId, nickname: member.nickname, photoId }
  await keepAskedFace(env.DB, face, member).run()
  return ok({ ...face, withdrawnAtMs: null, open: 0 })
}
