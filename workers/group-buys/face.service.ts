import type { Result } from '#contracts/errors'
import { ImageId, type MemberId } from '#contracts/ids'
import { facesOf as askFaces, type FaceAsker, type Faces, membersOf } from '#kit/faces'
import { ok, refuse } from '#kit/result'
import type { GroupBuysEnv } from './env.ts'
import { keepAskedFace, readFace } from './face.store.ts'
import type { Face } from './row.ts'

const askerOf = (env: GroupBuysEnv): FaceAsker => ({ worker: 'group-buys', identity: env.IDENTITY })

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
  const asked = await membersOf(askerOf(env), requestId, [memberId])
  if (!asked.ok) return asked
  const member = asked.value.find(({ id }) => id === memberId)
  if (!member || member.withdrawn) return refuse('SESSION_ENDED')
  const photoId = ImageId.safeParse(member.photo?.thumb.split('/').at(-2)).data ?? null
  const face = { memberId, nickname: member.nickname, photoId }
  await keepAskedFace(env.DB, face).run()
  return ok(face)
}

/** The names and photos of these members, as identity has them now. */
export const facesOf = (env: GroupBuysEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> =>
  askFaces(askerOf(env), requestId, ids)
