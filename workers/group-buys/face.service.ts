import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { ImageId, type MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { GroupBuysEnv } from './env.ts'
import { keepAskedFace, readFace } from './face.store.ts'
import type { Face } from './row.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS
/** identity answers for so many at once. */
const FACES_A_CALL = 50

/**
 * The face of someone about to open a group buy. Asked of identity the first time, heard ever after. A member who withdrew may still
 * hold a token for some minutes: theirs is an ended session.
 */
export async function hostFor(
  env: GroupBuysEnv,
  memberId: MemberId,
  requestId: string,
): Promise<Result<Face>> {
  const known = await readFace(env.DB, memberId)
  if (known) return known.withdrawnAtMs === null ? ok(known) : refuse('SESSION_ENDED')
  const asked = await ask(env, requestId, [memberId])
  if (!asked.ok) return asked
  const member = asked.value.find(({ id }) => id === memberId)
  if (!member || member.withdrawn) return refuse('SESSION_ENDED')
  const photoId = ImageId.safeParse(member.photo?.thumb.split('/').at(-2)).data ?? null
  const face = { memberId, nickname: member.nickname, photoId }
  await keepAskedFace(env.DB, face).run()
  return ok(face)
}

export type Faces = (id: MemberId) => Seller

/** The names and photos of these members, as identity has them now. */
export async function facesOf(env: GroupBuysEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> {
  const faces = new Map<MemberId, Seller>()
  for (let start = 0; start < ids.length; start += FACES_A_CALL) {
    const asked = await ask(env, requestId, ids.slice(start, start + FACES_A_CALL))
    if (!asked.ok) return asked
    for (const { id, nickname, photo } of asked.value) faces.set(id, { id, nickname, photo })
  }
  // Whoever identity has forgotten keeps their place without a name.
  return ok((id) => faces.get(id) ?? { id, nickname: '', photo: null })
}

async function ask(env: GroupBuysEnv, requestId: string, ids: MemberId[]): Promise<Result<PublicMember[]>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'group-buys' },
    requestId,
    idempotencyKey: `faces:${requestId}`,
  }
  return await callWithin<Result<PublicMember[]>>(
    'identity.members',
    IDENTITY_DEADLINE_MS,
    async () => await env.IDENTITY.members(ctx, ids),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}
