import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { EditMe, Me, PublicMember } from '#contracts/identity'
import type { ImageId, MemberId } from '#contracts/ids'
import type { TokenHolder } from '#kit/auth'
import { callWithin } from '#kit/call'
import { nowMs, SECOND_MS } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { dropCodes } from './code.store.ts'
import type { IdentityEnv } from './env.ts'
import {
  type Account,
  accountById,
  faceByNickname,
  facesOf,
  heldNames,
  updateProfile,
  withdraw,
} from './member.store.ts'
import { isReservedNickname, nicknameKeyOf } from './nickname.rules.ts'
import { verifyPassword } from './password-hash.ts'
import { edited, FAREWELL_NICKNAME, meOf, publicMemberOf } from './profile.rules.ts'
import { endAllSessions, isSessionLive } from './session.store.ts'
import { admitOwnPassword } from './throttling.ts'

const MEDIA_DEADLINE_MS = 3 * SECOND_MS
const PAYMENTS_DEADLINE_MS = 3 * SECOND_MS

/**
 * The caller's account. An access token outlives its session by up to 15 minutes; here, where accounts are changed, a session
 * that was ended is over at once.
 */
export async function ownAccount(env: IdentityEnv, holder: TokenHolder): Promise<Result<Account>> {
  const [account, isLive] = await Promise.all([
    accountById(env.DB, holder.memberId),
    isSessionLive(env.DB, holder.sessionId, nowMs()),
  ])
  return account && isLive ? ok(account) : refuse('SESSION_ENDED')
}

/** What anyone may know of a member. */
export async function publicMember(env: IdentityEnv, id: MemberId): Promise<Result<PublicMember>> {
  const [face] = await facesOf(env.DB, [id])
  return face ? ok(publicMemberOf(face)) : refuse('NOT_FOUND')
}

/** Public faces of several members; unknown ids are left out. */
export const publicMembers = async (env: IdentityEnv, ids: MemberId[]): Promise<PublicMember[]> =>
  ids.length === 0 ? [] : (await facesOf(env.DB, ids)).map(publicMemberOf)

/** Who has exactly this nickname now: a name that only looks like it is somebody else's. */
export async function memberByNickname(env: IdentityEnv, nickname: string): Promise<Result<PublicMember>> {
  const asked = nickname.normalize('NFC').trim()
  const face = await faceByNickname(env.DB, { nickname: asked, nicknameKey: nicknameKeyOf(asked) })
  return face ? ok(publicMemberOf(face)) : refuse('NOT_FOUND')
}

/**
 * Edits the caller's profile. The photo is attached first, which may be repeated: when the edit is then refused or lost, the
 * next edit makes the photo's place right again.
 */
export async function editMe(
  env: IdentityEnv,
  holder: TokenHolder,
  edit: EditMe,
  requestId: string,
): Promise<Result<{ me: Me; event: MadangEvent }>> {
  const own = await ownAccount(env, holder)
  if (!own.ok) return own
  const account = own.value
  const after = edited(account, edit)
  if (after === 'no_such_neighbourhood')
    return refuse('VALIDATION_FAILED', {
      errors: [{ path: 'neighbourhoodId', message: 'no such neighbourhood' }],
    })
  if (after.nickname !== account.nickname && (await isNicknameTaken(env, account, after.nickname)))
    return refuse('NICKNAME_TAKEN')
  if (after.photoId !== account.photoId) {
    const attached = await attachPhoto(env, account.id, after.photoId, requestId)
    if (!attached.ok) return attached
  }
  const event = eventOf<'member.profile_changed'>(
    {
      type: 'member.profile_changed',
      aggregateId: account.id,
      version: account.version + 1,
      actorId: account.id,
      requestId,
      data: { memberId: account.id, nickname: after.nickname, photoId: after.photoId },
    },
    nowMs(),
  )
  const outcome = await runBatch(env.DB, [
    updateProfile(env.DB, account.id, account.version, after),
    assertChangedOne(env.DB),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'aborted')
    return refuse(outcome.constraint === 'members.nickname_key' ? 'NICKNAME_TAKEN' : 'CONFLICT')
  return ok({ me: meOf({ ...account, ...after }), event })
}

async function isNicknameTaken(env: IdentityEnv, account: Account, nickname: string): Promise<boolean> {
  const asker = { atMs: nowMs(), memberId: account.id }
  const held = await heldNames(env.DB, { nicknameKey: nicknameKeyOf(nickname) }, asker)
  return held.nickname || (isReservedNickname(nickname) && account.role !== 'operator')
}

async function attachPhoto(
  env: IdentityEnv,
  memberId: MemberId,
  photoId: ImageId | null,
  requestId: string,
): Promise<Result<null>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'identity' },
    requestId,
    idempotencyKey: `${memberId}:photo:${requestId}`,
  }
  const imageIds = photoId === null ? [] : [photoId]
  const request = { ownerId: memberId, holder: { kind: 'member' as const, id: memberId }, imageIds }
  return await callWithin<Result<null>>(
    'media.attach',
    MEDIA_DEADLINE_MS,
    async () => {
      const attached = await env.MEDIA.attach(ctx, request)
      return attached.ok ? ok(null) : refuse(attached.refusal.code)
    },
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/** Nobody leaves money behind: while payments cannot say that there is none, nobody leaves. */
async function mayLeaveMoney(env: IdentityEnv, memberId: MemberId, requestId: string): Promise<Result<null>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'identity' },
    requestId,
    idempotencyKey: `${memberId}:leave`,
  }
  return await callWithin<Result<null>>(
    'payments.mayLeave',
    PAYMENTS_DEADLINE_MS,
    async () => {
      const may = await env.PAYMENTS.mayLeave(ctx, memberId)
      return may.ok ? ok(null) : refuse(may.refusal.code)
    },
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/**
 * Withdraws the caller's account: everything personal goes, the row stays for the books of others, every session ends. Refused
 * (WALLET_NOT_EMPTY) while there is money of theirs; asked only after the password, since nobody else may learn of it. The photo is
 * let go of by RPC afterwards; if that fails, media hears `member.withdrawn` and does the same.
 */
export async function withdrawMe(
  env: IdentityEnv,
  holder: TokenHolder,
  request: { password: string; ip: string },
  requestId: string,
): Promise<Result<{ event: MadangEvent; afterReply: () => Promise<void> }>> {
  const own = await ownAccount(env, holder)
  if (!own.ok) return own
  const account = own.value
  const admitted = await admitOwnPassword(env, account.id, { ip: request.ip })
  if (!admitted.ok) return admitted
  const right = await verifyPassword(request.password, account.passwordHash)
  if (!right.ok) return right
  if (!right.value) return refuse('CREDENTIALS_WRONG')
  const free = await mayLeaveMoney(env, account.id, requestId)
  if (!free.ok) return free

  const atMs = nowMs()
  const event = eventOf<'member.withdrawn'>(
    {
      type: 'member.withdrawn',
      aggregateId: account.id,
      version: account.version + 1,
      actorId: account.id,
      requestId,
      data: { memberId: account.id },
    },
    atMs,
  )
  const outcome = await runBatch(env.DB, [
    withdraw(env.DB, account.id, { nickname: FAREWELL_NICKNAME, atMs }),
    assertChangedOne(env.DB),
    endAllSessions(env.DB, { memberId: account.id, reason: 'withdrawn', atMs }),
    dropCodes(env.DB, account.id),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'aborted') return refuse('SESSION_ENDED')
  return ok({
    event,
    afterReply: async () => {
      if (account.photoId !== null) await attachPhoto(env, account.id, null, requestId)
    },
  })
}
