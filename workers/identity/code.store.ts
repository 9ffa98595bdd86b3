import { z } from 'zod'
import { MemberId } from '#contracts/ids'
import { assertChangedOne } from '#kit/d1'
import type { CodePurpose } from './throttling.ts'

const Holder = z.object({
  memberId: MemberId,
  loginId: z.string(),
  email: z.string(),
  nickname: z.string(),
  role: z.enum(['member', 'operator']),
  locale: z.enum(['ko', 'en']),
  codeHash: z.string(),
  codeExpiresAtMs: z.int(),
})
/** An account and the code that waits for it. */
export type CodeHolder = z.infer<typeof Holder>

/** Whose a code is. Written out in SQL, not bound: only then are the partial indexes on addresses used. */
const HOLDER_STATE = { verify_email: 'pending', reset_password: 'active' } as const

/** A code takes the place of the one before it. */
export const putCode = (
  db: D1Database,
  code: { memberId: MemberId; purpose: CodePurpose; codeHash: string; expiresAtMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      'INSERT OR REPLACE INTO codes (member_id, purpose, code_hash, expires_at_ms) VALUES (?, ?, ?, ?)',
    )
    .bind(code.memberId, code.purpose, code.codeHash, code.expiresAtMs)

/** Whose code waits for an address: a sign-up's to confirm it, a member's to reset the password. */
export async function codeHolderOf(
  db: D1Database,
  purpose: CodePurpose,
  email: string,
  atMs: number,
): Promise<CodeHolder | null> {
  const row = await db
    .prepare(
      `SELECT m.id AS memberId, m.login_id AS loginId, m.email, m.nickname, m.role, m.locale,
         c.code_hash AS codeHash, c.expires_at_ms AS codeExpiresAtMs
       FROM members m JOIN codes c ON c.member_id = m.id AND c.purpose = ?1
       WHERE m.email = ?2 AND m.state = '${HOLDER_STATE[purpose]}' AND c.expires_at_ms > ?3`,
    )
    .bind(purpose, email, atMs)
    .first()
  return row ? Holder.parse(row) : null
}

/** Uses a code up. Of several who hold it, the batch of only one goes through. */
export const spendCode = (
  db: D1Database,
  purpose: CodePurpose,
  { memberId, codeHash }: CodeHolder,
): D1PreparedStatement[] => [
  db
    .prepare('DELETE FROM codes WHERE member_id = ? AND purpose = ? AND code_hash = ?')
    .bind(memberId, purpose, codeHash),
  assertChangedOne(db),
]

/** Whatever was mailed to a member opens nothing any more. */
export const dropCodes = (db: D1Database, memberId: MemberId): D1PreparedStatement =>
  db.prepare('DELETE FROM codes WHERE member_id = ?').bind(memberId)
