import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS
/** identity answers for so many at once; a page of anything has no more. */
const FACES_A_CALL = 50
const RETRY_AFTER_SECONDS = 2

/** The context of a call that payments makes on its own account; `step` names what must have its effect once. */
export const ownCall = (requestId: string, step: string): CallContext => ({
  actor: { kind: 'worker', worker: 'payments' },
  requestId,
  idempotencyKey: step,
})

export type Faces = (id: MemberId) => Seller

/** The names and photos of up to 50 members as identity has them now; whoever it has forgotten keeps their place without a name. */
export async function facesOf(env: PaymentsEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> {
  const asked = await membersOf(env, requestId, ids)
  if (!asked.ok) return asked
  const faces = new Map(asked.value.map((member) => [member.id, faceOf(member)]))
  return ok((id) => faces.get(id) ?? { id, nickname: '', photo: null })
}

export const faceOf = ({ id, nickname, photo }: PublicMember): Seller => ({ id, nickname, photo })

/** What everybody may know of these members. Without identity money goes nowhere: UNAVAILABLE. */
export async function membersOf(
  env: PaymentsEnv,
  requestId: string,
  ids: MemberId[],
): Promise<Result<PublicMember[]>> {
  const wanted = [...new Set(ids)].slice(0, FACES_A_CALL)
  if (wanted.length === 0) return ok([])
  return await callWithin<Result<PublicMember[]>>(
    'identity.members',
    IDENTITY_DEADLINE_MS,
    async () => await env.IDENTITY.members(ownCall(requestId, `faces:${requestId}`), wanted),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  )
}

/** Who has exactly this nickname, to be confirmed before money goes there. */
export async function findRecipient(
  env: PaymentsEnv,
  requestId: string,
  nickname: string,
): Promise<Result<Seller>> {
  const found = await callWithin<Result<PublicMember>>(
    'identity.memberByNickname',
    IDENTITY_DEADLINE_MS,
    async () => await env.IDENTITY.memberByNickname(ownCall(requestId, `recipient:${requestId}`), nickname),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  )
  return found.ok ? ok(faceOf(found.value)) : found
}
