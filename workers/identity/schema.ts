import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The tables of migrations/identity; what each promises stands there. */

export const members = sqliteTable('members', {
  id: text('id').primaryKey(),
  state: text('state', { enum: ['pending', 'active', 'withdrawn'] }).notNull(),
  loginId: text('login_id'),
  email: text('email'),
  nickname: text('nickname').notNull(),
  nicknameKey: text('nickname_key'),
  passwordHash: text('password_hash'),
  role: text('role', { enum: ['member', 'operator'] }).notNull(),
  locale: text('locale', { enum: ['ko', 'en'] }).notNull(),
  introduction: text('introduction').notNull(),
  photoId: text('photo_id'),
  neighbourhoodId: text('neighbourhood_id'),
  radiusKm: real('radius_km').notNull(),
  version: integer('version').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  expiresAtMs: integer('expires_at_ms'),
  joinedAtMs: integer('joined_at_ms'),
  withdrawnAtMs: integer('withdrawn_at_ms'),
})

export const codes = sqliteTable(
  'codes',
  {
    memberId: text('member_id').notNull(),
    purpose: text('purpose', { enum: ['verify_email', 'reset_password'] }).notNull(),
    codeHash: text('code_hash').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.memberId, table.purpose] })],
)

export const sessions = sqliteTable('sessions', {
  id: text('id').primaryKey(),
  memberId: text('member_id').notNull(),
  device: text('device').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  lastSeenAtMs: integer('last_seen_at_ms').notNull(),
  idleExpiresAtMs: integer('idle_expires_at_ms').notNull(),
  expiresAtMs: integer('expires_at_ms').notNull(),
  endedAtMs: integer('ended_at_ms'),
  endReason: text('end_reason', {
    enum: ['signed_out', 'revoked', 'reused', 'crowded_out', 'password_reset', 'withdrawn'],
  }),
})

export const refreshTokens = sqliteTable('refresh_tokens', {
  hash: text('hash').primaryKey(),
  sessionId: text('session_id').notNull(),
  issuedAtMs: integer('issued_at_ms').notNull(),
  spentAtMs: integer('spent_at_ms'),
  sealedSuccessor: text('sealed_successor'),
})

export const mails = sqliteTable('mails', {
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  sealed: text('sealed'),
  attempts: integer('attempts').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  nextAttemptAtMs: integer('next_attempt_at_ms').notNull(),
  expiresAtMs: integer('expires_at_ms').notNull(),
  sentAtMs: integer('sent_at_ms'),
})
