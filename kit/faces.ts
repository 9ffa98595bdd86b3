import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { IdentityApi } from '#contracts/identity.api'
import type { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from './call.ts'
import { SECOND_MS } from './clock.ts'
import { ok, refuse } from './result.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS
/** identity answers for so many at once. */
const MEMBERS_A_CALL = 50

export type Faces = (id: MemberId) => Seller
/** Who asks: a worker, and its binding to identity. */
export type FaceAsker = { worker: string; identity: Service<IdentityApi> }

/** Whoever has no face we know of keeps their place without a name. */
export const nameless: Faces = (id) => ({ id, nickname: '', photo: null })

export const faceOf = ({ id, nickname, photo }: PublicMember): Seller => ({ id, nickname, photo })

/** What everybody may know of these members, as identity has it now; unknown ids are left out. Without identity: UNAVAILABLE. */
export async function membersOf(
  { worker, identity }: FaceAsker,
  requestId: string,
  ids: readonly MemberId[],
): Promise<Result<PublicMember[]>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker },
    requestId,
    idempotencyKey: `faces:${requestId}`,
  }
  const wanted = [...new Set(ids)]
  const members: PublicMember[] = []
  for (let start = 0; start < wanted.length; start += MEMBERS_A_CALL) {
    const asked = await callWithin<Result<PublicMember[]>>(
      'identity.members',
      IDENTITY_DEADLINE_MS,
      async () => await identity.members(ctx, wanted.slice(start, start + MEMBERS_A_CALL)),
      () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
    )
    if (!asked.ok) return asked
    members.push(...asked.value)
  }
  return ok(members)
}

/**
 * The names and photos of these members, for a page that shows them. A page is worth more than the names on it: without identity
 * everybody is nameless for that while. What must know whom it speaks of asks `membersOf`.
 */
export async function facesOf(
  asker: FaceAsker,
  requestId: string,
  ids: readonly MemberId[],
): Promise<Result<Faces>> {
  const asked = await membersOf(asker, requestId, ids)
  if (!asked.ok) return asked.refusal.code === 'UNAVAILABLE' ? ok(nameless) : asked
  const faces = new Map(asked.value.map((member) => [member.id, faceOf(member)]))
  return ok((id) => faces.get(id) ?? nameless(id))
}
