import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { refuse } from '#kit/result'
import type { ModerationEnv } from './env.ts'

export const NEIGHBOUR_DEADLINE_MS = 3 * SECOND_MS
/** Identity answers this many at a time. */
const FACES_AT_ONCE = 50

/** This worker, asking another one on its own account. */
export const asModeration = (requestId: string, key: string): CallContext => ({
  actor: { kind: 'worker', worker: 'moderation' },
  requestId,
  idempotencyKey: key,
})

/** The members with these ids; unknown ones are left out. */
export const membersOf = (
  env: ModerationEnv,
  requestId: string,
  ids: MemberId[],
): Promise<Result<PublicMember[]>> =>
  callWithin<Result<PublicMember[]>>(
    'identity.members',
    NEIGHBOUR_DEADLINE_MS,
    async () => await env.IDENTITY.members(asModeration(requestId, 'faces'), ids),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )

/** Faces for a page, by id. A list is worth more than its faces: with identity away everybody is nameless. */
export async function facesFor(
  env: ModerationEnv,
  requestId: string,
  ids: MemberId[],
): Promise<(id: MemberId) => Seller> {
  const wanted = [...new Set(ids)]
  const faces = new Map<MemberId, Seller>()
  for (let start = 0; start < wanted.length; start += FACES_AT_ONCE) {
    const asked = await membersOf(env, requestId, wanted.slice(start, start + FACES_AT_ONCE))
    if (!asked.ok) break
    for (const { id, nickname, photo } of asked.value) faces.set(id, { id, nickname, photo })
  }
  return (id) => faces.get(id) ?? { id, nickname: '', photo: null }
}
