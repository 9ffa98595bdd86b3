import { and, eq, gt, inArray, ne, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { z } from 'zod'
import { ImageId, MemberId } from '#contracts/ids'
import { prepared } from '#kit/d1'
import { members } from './schema.ts'

const Row = {
  id: MemberId,
  nickname: z.string(),
  photoId: ImageId.nullable(),
  introduction: z.string(),
  neighbourhoodId: z.string().nullable(),
  version: z.int(),
  joinedAtMs: z.int(),
}
const Face = z.object({ ...Row, state: z.enum(['active', 'withdrawn']) })
/** What the public may see of a member, withdrawn ones included. */
export type MemberFace = z.infer<typeof Face>

const Account = z.object({
  ...Row,
  loginId: z.string(),
  email: z.string(),
  passwordHash: z.string(),
  role: z.enum(['member', 'operator']),
  locale: z.enum(['ko', 'en']),
  radiusKm: z.number(),
})
/** An active member's own account. */
export type Account = z.infer<typeof Account>

const Credentials = z.object({
  id: MemberId,
  state: z.enum(['pending', 'active']),
  loginId: z.string(),
  email: z.string(),
  nickname: z.string(),
  role: z.enum(['member', 'operator']),
  passwordHash: z.string(),
})
/** What signing in looks at. */
export type Credentials = z.infer<typeof Credentials>

/** Written out, not bound: only then are the partial indexes on addresses used. */
const IS_ACTIVE = sql`${members.state} = 'active'`
const IS_PENDING = sql`${members.state} = 'pending'`

/** The active member with this id. */
export async function accountById(db: D1Database, id: MemberId): Promise<Account | null> {
  const row = await drizzle(db)
    .select()
    .from(members)
    .where(and(eq(members.id, id), IS_ACTIVE))
    .get()
  return row ? Account.parse(row) : null
}

/** The active member with this address. */
export async function accountByEmail(db: D1Database, email: string): Promise<Account | null> {
  const row = await drizzle(db)
    .select()
    .from(members)
    .where(and(eq(members.email, email), IS_ACTIVE))
    .get()
  return row ? Account.parse(row) : null
}

const Waiting = z.object({
  id: MemberId,
  loginId: z.string(),
  email: z.string(),
  locale: z.enum(['ko', 'en']),
})

/** The sign-up that waits for this address to be confirmed. */
export async function waitingSignUp(
  db: D1Database,
  email: string,
  atMs: number,
): Promise<z.infer<typeof Waiting> | null> {
  const row = await drizzle(db)
    .select()
    .from(members)
    .where(and(eq(members.email, email), IS_PENDING, gt(members.expiresAtMs, atMs)))
    .get()
  return row ? Waiting.parse(row) : null
}

/**
 * Who a login names: a login id names a member or an unconfirmed sign-up, an address only a member. Were an address to name a
 * sign-up too, "confirm your e-mail" would tell a stranger that nobody else has that address.
 */
export async function credentialsOf(db: D1Database, login: string): Promise<Credentials | null> {
  const row = await drizzle(db)
    .select()
    .from(members)
    .where(or(eq(members.loginId, login), and(eq(members.email, login), IS_ACTIVE)))
    .get()
  return row ? Credentials.parse(row) : null
}

/** Public faces of members, those who left included; sign-ups that wait are nobody yet. */
export async function facesOf(db: D1Database, ids: MemberId[]): Promise<MemberFace[]> {
  const rows = await drizzle(db)
    .select()
    .from(members)
    .where(and(inArray(members.id, ids), ne(members.state, 'pending')))
    .all()
  return rows.map((row) => Face.parse(row))
}

/** The active member with exactly this nickname; found by what names that look alike have in common, which is indexed. */
export async function faceByNickname(
  db: D1Database,
  { nickname, nicknameKey }: { nickname: string; nicknameKey: string },
): Promise<MemberFace | null> {
  const row = await drizzle(db)
    .select()
    .from(members)
    .where(and(eq(members.nicknameKey, nicknameKey), eq(members.nickname, nickname), IS_ACTIVE))
    .get()
  return row ? Face.parse(row) : null
}

/** Which of two names are held by somebody else than a sign-up that is over, or that waits for `replacedEmail`. */
export async function heldNames(
  db: D1Database,
  names: { loginId?: string | undefined; nicknameKey?: string | undefined },
  asker: { atMs: number; replacedEmail?: string; memberId?: MemberId },
): Promise<{ loginId: boolean; nickname: boolean }> {
  const rows = await db
    .prepare(
      `SELECT login_id AS loginId, nickname_key AS nicknameKey FROM members
       WHERE (login_id = ?1 OR nickname_key = ?2) AND id <> ?3
         AND NOT (state = 'pending' AND (expires_at_ms <= ?4 OR email = ?5))`,
    )
    .bind(
      names.loginId ?? '',
      names.nicknameKey ?? '',
      asker.memberId ?? '',
      asker.atMs,
      asker.replacedEmail ?? '',
    )
    .all<{ loginId: string; nicknameKey: string }>()
  return {
    loginId: rows.results.some((row) => row.loginId === names.loginId),
    nickname: rows.results.some((row) => row.nicknameKey === names.nicknameKey),
  }
}

export type NewMember = {
  id: MemberId
  loginId: string
  email: string
  nickname: string
  nicknameKey: string
  passwordHash: string
  locale: 'ko' | 'en'
  atMs: number
  expiresAtMs: number
}

/** Statements of a sign-up: what is over, or waits for the same address, makes room first. */
export const insertSignUp = (db: D1Database, member: NewMember): D1PreparedStatement[] => [
  db.prepare("DELETE FROM members WHERE state = 'pending' AND email = ?").bind(member.email),
  db
    .prepare(
      "DELETE FROM members WHERE state = 'pending' AND expires_at_ms <= ? AND (login_id = ? OR nickname_key = ?)",
    )
    .bind(member.atMs, member.loginId, member.nicknameKey),
  prepared(
    db,
    drizzle(db).insert(members).values({
      id: member.id,
      state: 'pending',
      loginId: member.loginId,
      email: member.email,
      nickname: member.nickname,
      nicknameKey: member.nicknameKey,
      passwordHash: member.passwordHash,
      role: 'member',
      locale: member.locale,
      introduction: '',
      radiusKm: RADIUS_KM_OF_NEWCOMERS,
      version: 1,
      createdAtMs: member.atMs,
      expiresAtMs: member.expiresAtMs,
    }),
  ),
]

const RADIUS_KM_OF_NEWCOMERS = 5

/** The waiting sign-up becomes a member; guard it, another confirmation may be first. */
export const activate = (db: D1Database, id: MemberId, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE members SET state = 'active', expires_at_ms = NULL, joined_at_ms = ?1
       WHERE id = ?2 AND state = 'pending' AND expires_at_ms > ?1`,
    )
    .bind(atMs, id)

/** `instead` is the hash it takes the place of; without it any. */
export const setPassword = (
  db: D1Database,
  id: MemberId,
  passwordHash: string,
  instead: string | null = null,
): D1PreparedStatement =>
  db
    .prepare(
      "UPDATE members SET password_hash = ?1 WHERE id = ?2 AND state = 'active' AND (?3 IS NULL OR password_hash = ?3)",
    )
    .bind(passwordHash, id, instead)

export type ProfileEdit = {
  nickname: string
  nicknameKey: string
  introduction: string
  photoId: ImageId | null
  neighbourhoodId: string | null
  radiusKm: number
  locale: 'ko' | 'en'
}

/** The whole profile, on top of the version it was read at; guard it. */
export const updateProfile = (
  db: D1Database,
  id: MemberId,
  readVersion: number,
  edit: ProfileEdit,
): D1PreparedStatement =>
  prepared(
    db,
    drizzle(db)
      .update(members)
      .set({ ...edit, version: sql`${members.version} + 1` })
      .where(and(eq(members.id, id), eq(members.version, readVersion), IS_ACTIVE)),
  )

/** Takes everything personal out of a member's row, for good; guard it. */
export const withdraw = (
  db: D1Database,
  id: MemberId,
  farewell: { nickname: string; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE members SET state = 'withdrawn', withdrawn_at_ms = ?, nickname = ?, login_id = NULL, email = NULL,
         nickname_key = NULL, password_hash = NULL, introduction = '', photo_id = NULL, neighbourhood_id = NULL,
         version = version + 1
       WHERE id = ? AND state = 'active'`,
    )
    .bind(farewell.atMs, farewell.nickname, id)
