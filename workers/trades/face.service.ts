import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { TradesEnv } from './env.ts'

const IDENTITY_DEADLINE_MS = 2 * SECOND_MS
/** identity answers for so many at once; a full page and its reader are one more. */
const FACES_A_CALL = 50

export type Faces = (id: MemberId) => Seller

/** The names and photos of these members, as identity has them now. Without it there is nothing to show: UNAVAILABLE. */
export async function facesOf(env: TradesEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> {
  const wanted = [...new Set(ids)]
  const faces = new Map<MemberId, Seller>()
  for (let start = 0; start < wanted.length; start += FACES_A_CALL) {
    const asked = await ask(env, requestId, wanted.slice(start, start + FACES_A_CALL))
    if (!asked.ok) return asked
    for (const { id, nickname, photo } of asked.value) faces.set(id, { id, nickname, photo })
  }
  // Whoever identity has forgotten keeps their place without a name.
  return ok((id) => faces.get(id) ?? { id, nickname: '', photo: null })
}

async function ask(env: TradesEnv, requestId: string, ids: MemberId[]): Promise<Result<PublicMember[]>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'trades' },
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
