import { z } from 'zod'
import { MemberId, SessionId } from '#contracts/ids'
import { assertChangedOne } from '#kit/d1'
import { idleExpiryOf, SESSION_ABSOLUTE_MS, SESSIONS_MAX } from './session.rules.ts'

export type EndReason = 'signed_out' | 'revoked' | 'reused' | 'crowded_out' | 'password_reset' | 'withdrawn'

const Presented = z.object({
  sessionId: SessionId,
  memberId: MemberId,
  loginId: z.string().nullable(),
  nickname: z.string(),
  role: z.enum(['member', 'operator']),
  spentAtMs: z.int().nullable(),
  sealedSuccessor: z.string().nullable(),
  endedAtMs: z.int().nullable(),
  idleExpiresAtMs: z.int(),
  expiresAtMs: z.int(),
})
/** A refresh token we once issued, with its session and member. */
export type PresentedRow = z.infer<typeof Presented>

/** What is known of a presented refresh token, by its hash. */
export async function presentedToken(db: D1Database, hash: string): Promise<PresentedRow | null> {
  const row = await db
    .prepare(
      `SELECT s.id AS sessionId, s.member_id AS memberId, m.login_id AS loginId, m.nickname, m.role,
         t.spent_at_ms AS spentAtMs, t.sealed_successor AS sealedSuccessor,
         s.ended_at_ms AS endedAtMs, s.idle_expires_at_ms AS idleExpiresAtMs, s.expires_at_ms AS expiresAtMs
       FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN members m ON m.id = s.member_id
       WHERE t.hash = ?`,
    )
    .bind(hash)
    .first()
  return row ? Presented.parse(row) : null
}

/** A new session with its first refresh token; the least recently used beyond the limit end in the same batch. */
export const insertSession = (
  db: D1Database,
  session: { id: SessionId; memberId: MemberId; device: string; tokenHash: string; atMs: number },
): D1PreparedStatement[] => {
  const expiresAtMs = session.atMs + SESSION_ABSOLUTE_MS
  const idleExpiresAtMs = idleExpiryOf(session.atMs, expiresAtMs)
  return [
    db
      .prepare(
        `INSERT INTO sessions (id, member_id, device, created_at_ms, last_seen_at_ms, idle_expires_at_ms, expires_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)`,
      )
      .bind(session.id, session.memberId, session.device, session.atMs, idleExpiresAtMs, expiresAtMs),
    db
      .prepare('INSERT INTO refresh_tokens (hash, session_id, issued_at_ms) VALUES (?, ?, ?)')
      .bind(session.tokenHash, session.id, session.atMs),
    db
      .prepare(
        `UPDATE sessions SET ended_at_ms = ?1, end_reason = 'crowded_out'
         WHERE member_id = ?2 AND ended_at_ms IS NULL AND id NOT IN
           (SELECT id FROM sessions WHERE member_id = ?2 AND ended_at_ms IS NULL
            ORDER BY last_seen_at_ms DESC, id DESC LIMIT ?3)`,
      )
      .bind(session.atMs, session.memberId, SESSIONS_MAX),
  ]
}

/**
 * Spends the head of a family and puts its successor in its place. Of several that try, the one whose UPDATE still finds the
 * token unspent wins; the others' batches abort on the guard. There is no moment with no head or with two.
 */
export const rotate = (
  db: D1Database,
  step: { hash: string; successorHash: string; sealedSuccessor: string; atMs: number; row: PresentedRow },
): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE refresh_tokens SET spent_at_ms = ?1, sealed_successor = ?2
       WHERE hash = ?3 AND spent_at_ms IS NULL AND session_id IN
         (SELECT id FROM sessions WHERE id = ?4 AND ended_at_ms IS NULL AND idle_expires_at_ms > ?1 AND expires_at_ms > ?1)`,
    )
    .bind(step.atMs, step.sealedSuccessor, step.hash, step.row.sessionId),
  assertChangedOne(db),
  db
    .prepare('INSERT INTO refresh_tokens (hash, session_id, issued_at_ms) VALUES (?, ?, ?)')
    .bind(step.successorHash, step.row.sessionId, step.atMs),
  db
    .prepare('UPDATE sessions SET last_seen_at_ms = ?, idle_expires_at_ms = ? WHERE id = ?')
    .bind(step.atMs, idleExpiryOf(step.atMs, step.row.expiresAtMs), step.row.sessionId),
]

/** Ends one session of a member; ending it twice keeps the first reason. */
export const endSession = (
  db: D1Database,
  end: { id: SessionId; memberId: MemberId; reason: EndReason; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE sessions SET ended_at_ms = ?, end_reason = ? WHERE id = ? AND member_id = ? AND ended_at_ms IS NULL',
    )
    .bind(end.atMs, end.reason, end.id, end.memberId)

/** Ends every session of a member, `but` one. */
export const endAllSessions = (
  db: D1Database,
  end: { memberId: MemberId; but?: SessionId; reason: EndReason; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE sessions SET ended_at_ms = ?, end_reason = ? WHERE member_id = ? AND ended_at_ms IS NULL AND id IS NOT ?',
    )
    .bind(end.atMs, end.reason, end.memberId, end.but ?? null)

const Line = z.object({
  id: SessionId,
  device: z.string(),
  createdAtMs: z.int(),
  lastSeenAtMs: z.int(),
  expiresAtMs: z.int(),
})
export type SessionRow = z.infer<typeof Line>

/** A member's live sessions, the one used last first. */
export async function liveSessions(db: D1Database, memberId: MemberId, atMs: number): Promise<SessionRow[]> {
  const rows = await db
    .prepare(
      `SELECT id, device, created_at_ms AS createdAtMs, last_seen_at_ms AS lastSeenAtMs, idle_expires_at_ms AS expiresAtMs
       FROM sessions
       WHERE member_id = ?1 AND ended_at_ms IS NULL AND idle_expires_at_ms > ?2 AND expires_at_ms > ?2
       ORDER BY last_seen_at_ms DESC, id DESC LIMIT ?3`,
    )
    .bind(memberId, atMs, SESSIONS_MAX)
    .all()
  return rows.results.map((row) => Line.parse(row))
}

/** Whether a session was neither ended nor ran out: an access token outlives its session by up to 15 minutes. */
export async function isSessionLive(db: D1Database, id: SessionId, atMs: number): Promise<boolean> {
  const row = await db
    .prepare('SELECT 1 FROM sessions WHERE id = ?1 AND ended_at_ms IS NULL AND expires_at_ms > ?2')
    .bind(id, atMs)
    .first()
  return row !== null
}
