import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId } from '#contracts/ids'
import { SECOND_MS } from '#kit/clock'
import { membersOf as askMembers, type FaceAsker, type Faces, facesOf, nameless } from '#kit/faces'
import type { ModerationEnv } from './env.ts'

export const NEIGHBOUR_DEADLINE_MS = 3 * SECOND_MS

/** This worker, asking another one on its own account. */
export const asModeration = (requestId: string, key: string): CallContext => ({
  actor: { kind: 'worker', worker: 'moderation' },
  requestId,
  idempotencyKey: key,
})

const askerOf = (env: ModerationEnv): FaceAsker => ({ worker: 'moderation', identity: env.IDENTITY })

/** The members with these ids; unknown ones are left out. */
export const membersOf = (
  env: ModerationEnv,
  requestId: string,
  ids: MemberId[],
): Promise<Result<PublicMember[]>> => askMembers(askerOf(env), requestId, ids)

/** Faces for a page, by id. A list is worth more than its faces: with identity away everybody is nameless. */
export async function facesFor(env: ModerationEnv, requestId: string, ids: MemberId[]): Promise<Faces> {
  const asked = await facesOf(askerOf(env), requestId, ids)
  return asked.ok ? asked.value : nameless
}
