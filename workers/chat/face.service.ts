import type { Result } from '#contracts/errors'
import { ImageId, type MemberId } from '#contracts/ids'
import { membersOf } from '#kit/faces'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { type Face, keepAskedFace, readFace } from './face.store.ts'

/**
 * The face of someone about to open a room. Heard when they joined; asked of identity when that fact has not come yet. A member
 * who withdrew may still hold a token for some minutes: theirs is an ended session.
 */
export async function faceFor(env: ChatEnv, memberId: MemberId, requestId: string): Promise<Result<Face>> {
  const known = await readFace(env.DB, memberId)
  if (known) return known.withdrawnAtMs === null ? ok(known) : refuse('SESSION_ENDED')
  const asked = await membersOf({ worker: 'chat', identity: env.IDENTITY }, requestId, [memberId])
  if (!asked.ok) return asked
  const member = asked.value.find(({ id }) => id === memberId)
  if (!member || member.withdrawn) return refuse('SESSION_ENDED')
  const face = { memberId, nickname: member.nickname, photoId: photoIdOf(member.photo?.thumb) }
  await keepAskedFace(env.DB, face).run()
  return ok(face)
}

/** A photo's id, out of where it is served. */
export const photoIdOf = (thumbUrl: string | undefined): ImageId | null =>
  ImageId.safeParse(thumbUrl?.split('/').at(-2)).data ?? null
