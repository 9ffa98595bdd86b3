import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { type Cost, scryptText } from '#kit/scrypt'
import type { IdentityEnv } from './env.ts'
import { credentialsOf } from './member.store.ts'
import { nicknameKeyOf } from './nickname.rules.ts'

export type DevMember = {
  loginId: string
  email: string
  password: string
  nickname: string
  role: 'member' | 'operator'
  neighbourhoodId: string | null
  introduction: string
  createdAtMs: number
}

/** A hundredth of what a member's own hash costs: a town of them is made, and signs in, at once. */
const CHEAP: Cost = { costLog2: 10, blockSize: 8, parallelism: 1 }

/** A confirmed member at once, without mail; asked again, the one that is there. Reserved names may be used. */
export async function makeDevMember(
  env: IdentityEnv,
  member: DevMember,
  requestId: string,
): Promise<{ id: MemberId; event: MadangEvent | null }> {
  const known = await credentialsOf(env.DB, member.loginId)
  if (known) return { id: known.id, event: null }
  const passwordHash = scryptText(member.password, CHEAP)
  const id = newId('mem', member.createdAtMs)
  const event = eventOf<'member.joined'>(
    {
      type: 'member.joined',
      aggregateId: id,
      version: 1,
      actorId: id,
      requestId,
      data: { memberId: id, nickname: member.nickname, photoId: null },
    },
    member.createdAtMs,
  )
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO members (id, state, login_id, email, nickname, nickname_key, password_hash, role, locale, introduction,
         neighbourhood_id, created_at_ms, joined_at_ms)
       VALUES (?1, 'active', ?2, ?3, ?4, ?5, ?6, ?7, 'ko', ?8, ?9, ?10, ?10)`,
    ).bind(
      id,
      member.loginId,
      member.email,
      member.nickname,
      nicknameKeyOf(member.nickname),
      passwordHash,
      member.role,
      member.introduction,
      member.neighbourhoodId,
      member.createdAtMs,
    ),
    outboxPut(env.DB, event),
  ])
  return { id, event }
}
