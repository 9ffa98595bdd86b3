import type { Result } from '#contracts/errors'
import type { Session, SessionLine } from '#contracts/identity'
import type { MemberId, SessionId } from '#contracts/ids'
import type { TokenHolder } from '#kit/auth'
import { nowMs, SECOND_MS, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import { signAccessToken } from './access-token.ts'
import type { IdentityEnv } from './env.ts'
import { ACCESS_TOKEN_MS, decideRefresh } from './session.rules.ts'
import {
  endSession,
  insertSession,
  liveSessions,
  type PresentedRow,
  presentedToken,
  rotate,
} from './session.store.ts'
import { refusedAsSuspended } from './suspension.service.ts'
import { randomToken, seal, sha256, unseal } from './vault.ts'

const SUCCESSOR = 'refresh successor'

export type SessionHolder = {
  memberId: MemberId
  loginId: string
  nickname: string
  role: 'member' | 'operator'
}
export type OpenedSession = { sessionId: SessionId; refreshToken: string; statements: D1PreparedStatement[] }

/** A new session; its statements stand in the batch of what earned it. */
export function openSession(db: D1Database, memberId: MemberId, device: string, atMs: number): OpenedSession {
  const sessionId = newId('ses', atMs)
  const refreshToken = randomToken()
  const tokenHash = sha256(refreshToken)
  return {
    sessionId,
    refreshToken,
    statements: insertSession(db, { id: sessionId, memberId, device, tokenHash, atMs }),
  }
}

/** The reply that hands a session over. */
export async function sessionReply(
  env: IdentityEnv,
  holder: SessionHolder,
  session: { sessionId: SessionId; refreshToken: string },
  atMs: number,
): Promise<Session> {
  const { memberId, role, loginId, nickname } = holder
  return {
    accessToken: await signAccessToken(
      env.TOKEN_KEYS,
      { memberId, sessionId: session.sessionId, role },
      atMs,
    ),
    expiresIn: ACCESS_TOKEN_MS / SECOND_MS,
    refreshToken: session.refreshToken,
    member: { id: memberId, loginId, nickname, role },
  }
}

/**
 * Trades a refresh token for the next one. Ten at once get the same successor: one wins the batch, the others find it sealed
 * under the token they hold. A spent token shown later than the grace ends the whole family, thief and owner alike.
 */
export async function refreshSession(env: IdentityEnv, refreshToken: string): Promise<Result<Session>> {
  const hash = sha256(refreshToken)
  for (let look = 0; look < LOOKS_MAX; look++) {
    const row = await presentedToken(env.DB, hash)
    const atMs = nowMs()
    const decision = decideRefresh(row && { spentAtMs: row.spentAtMs, session: row }, atMs)
    if (row === null) return refuse('SESSION_ENDED')
    // A suspension ends all sessions; who holds a token of one is told why.
    if (decision === 'ended')
      return (await refusedAsSuspended(env.DB, row.memberId)) ?? refuse('SESSION_ENDED')
    if (decision === 'reused') return await endStolen(env.DB, row, atMs)
    const successor =
      decision === 'repeat'
        ? unseal(refreshToken, SUCCESSOR, row.sealedSuccessor ?? '')
        : await rotated(env.DB, row, refreshToken, atMs)
    if (successor !== null)
      return ok(await sessionReply(env, holderOf(row), { ...row, refreshToken: successor }, atMs))
  }
  throw new Error('a refresh token was neither unspent nor spent')
}

/** A lost race is looked at once more: the token is spent then, and its successor there. */
const LOOKS_MAX = 3

/** The successor this call made, or null when another call was first. */
async function rotated(
  db: D1Database,
  row: PresentedRow,
  refreshToken: string,
  atMs: number,
): Promise<string | null> {
  const successor = randomToken()
  const outcome = await runBatch(
    db,
    rotate(db, {
      hash: sha256(refreshToken),
      successorHash: sha256(successor),
      sealedSuccessor: seal(refreshToken, SUCCESSOR, successor),
      atMs,
      row,
    }),
  )
  return outcome.kind === 'done' ? successor : null
}

async function endStolen(db: D1Database, row: PresentedRow, atMs: number): Promise<Result<never>> {
  await endSession(db, { id: row.sessionId, memberId: row.memberId, reason: 'reused', atMs }).run()
  log('warn', 'spent refresh shown again, family ended', { memberId: row.memberId, family: row.sessionId })
  return refuse('SESSION_ENDED')
}

const holderOf = ({ memberId, loginId, nickname, role }: PresentedRow): SessionHolder => ({
  memberId,
  loginId: loginId ?? '',
  nickname,
  role,
})

/** Ends the family of a refresh token, whichever of its tokens it is. Unknown tokens are already signed out. */
export async function signOut(env: IdentityEnv, refreshToken: string): Promise<void> {
  const row = await presentedToken(env.DB, sha256(refreshToken))
  if (row === null) return
  await endSession(env.DB, {
    id: row.sessionId,
    memberId: row.memberId,
    reason: 'signed_out',
    atMs: nowMs(),
  }).run()
}

/** Where a member is signed in. */
export async function listSessions(env: IdentityEnv, holder: TokenHolder): Promise<SessionLine[]> {
  const rows = await liveSessions(env.DB, holder.memberId, nowMs())
  return rows.map((row) => ({
    id: row.id,
    device: row.device,
    createdAt: toIso(row.createdAtMs),
    lastSeenAt: toIso(row.lastSeenAtMs),
    expiresAt: toIso(row.expiresAtMs),
    current: row.id === holder.sessionId,
  }))
}

/** Ends one of the member's own sessions; absent and not theirs look alike. */
export async function revokeSession(
  env: IdentityEnv,
  holder: TokenHolder,
  id: SessionId,
): Promise<Result<null>> {
  const ended = await endSession(env.DB, {
    id,
    memberId: holder.memberId,
    reason: 'revoked',
    atMs: nowMs(),
  }).run()
  return ended.meta.changes === 1 ? ok(null) : refuse('NOT_FOUND')
}
