import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { facesOf as askFaces, membersOf as askMembers, type FaceAsker, type Faces, faceOf } from '#kit/faces'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS
const RETRY_AFTER_SECONDS = 2

/** The context of a call that payments makes on its own account; `step` names what must have its effect once. */
export const ownCall = (requestId: string, step: string): CallContext => ({
  actor: { kind: 'worker', worker: 'payments' },
  requestId,
  idempotencyKey: step,
})

const askerOf = (env: PaymentsEnv): FaceAsker => ({ worker: 'payments', identity: env.IDENTITY })

/** The names and photos of these members. */
export const facesOf = (env: PaymentsEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> =>
  askFaces(askerOf(env), requestId, ids)

/** What everybody may know of these members. Without identity money goes nowhere: UNAVAILABLE. */
export const membersOf = (
  env: PaymentsEnv,
  requestId: string,
  ids: MemberId[],
): Promise<Result<PublicMember[]>> => askMembers(askerOf(env), requestId, ids)

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
