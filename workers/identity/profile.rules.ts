import type { EditMe, Me, PublicMember } from '#contracts/identity'
import { imageUrls } from '#contracts/media'
import { toIso } from '#kit/clock'
import type { Account, MemberFace, ProfileEdit } from './member.store.ts'
import { nearestNeighbourhoods, neighbourhoodById } from './neighbourhood.rules.ts'
import { nicknameKeyOf } from './nickname.rules.ts'

/** By what name those who left are shown beside what they wrote. */
export const FAREWELL_NICKNAME = '떠난 이웃'

/** What anyone may know of a member; the same for everyone. */
export function publicMemberOf(face: MemberFace): PublicMember {
  return {
    id: face.id,
    nickname: face.nickname,
    photo: face.photoId === null ? null : imageUrls(face.photoId),
    region: face.neighbourhoodId === null ? null : (neighbourhoodById(face.neighbourhoodId)?.name ?? null),
    introduction: face.introduction,
    joinedAt: toIso(face.joinedAtMs),
    withdrawn: face.state === 'withdrawn',
  }
}

/** A member's own account, as only they see it. */
export function meOf(account: Account): Me {
  const neighbourhood = account.neighbourhoodId === null ? null : neighbourhoodById(account.neighbourhoodId)
  return {
    ...publicMemberOf({ ...account, state: 'active' }),
    loginId: account.loginId,
    email: account.email,
    role: account.role,
    home: neighbourhood === null ? null : { neighbourhood, radiusKm: account.radiusKm },
    locale: account.locale,
  }
}

/** The whole profile after an edit, or which field names a place that is not there. */
export function edited(account: Account, edit: EditMe): ProfileEdit | 'no_such_neighbourhood' {
  const neighbourhoodId = homeAfter(account, edit)
  if (neighbourhoodId === 'no_such_neighbourhood') return neighbourhoodId
  const nickname = edit.nickname ?? account.nickname
  return {
    nickname,
    nicknameKey: nicknameKeyOf(nickname),
    introduction: edit.introduction ?? account.introduction,
    photoId: edit.photoId === undefined ? account.photoId : edit.photoId,
    neighbourhoodId,
    radiusKm: edit.radiusKm ?? account.radiusKm,
    locale: edit.locale ?? account.locale,
  }
}

/** A picked neighbourhood goes before the browser's position, which is not kept: only the nearest neighbourhood is. */
function homeAfter(account: Account, edit: EditMe): string | null | 'no_such_neighbourhood' {
  if (edit.neighbourhoodId === null) return null
  if (edit.neighbourhoodId !== undefined)
    return neighbourhoodById(edit.neighbourhoodId)?.id ?? 'no_such_neighbourhood'
  if (edit.position !== undefined)
    return nearestNeighbourhoods(edit.position)[0]?.id ?? account.neighbourhoodId
  return account.neighbourhoodId
}
