import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The tables every domain's database has; made by its `0001_platform.sql`, which scripts/new-domain copies. */

export const outbox = sqliteTable('outbox', {
  id: text('id').primaryKey(),
  type: text('type').notNull(),
  event: text('event').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  sentAtMs: integer('sent_at_ms'),
})

export const inbox = sqliteTable('inbox', {
  eventId: text('event_id').primaryKey(),
  type: text('type').notNull(),
  handledAtMs: integer('handled_at_ms').notNull(),
})

export const deadLetters = sqliteTable('dead_letters', {
  id: text('id').primaryKey(),
  queue: text('queue').notNull(),
  body: text('body').notNull(),
  error: text('error').notNull(),
  diedAtMs: integer('died_at_ms').notNull(),
  replayedAtMs: integer('replayed_at_ms'),
})

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    claim: text('claim').notNull(),
    claimedAtMs: integer('claimed_at_ms').notNull(),
    status: integer('status'),
    body: text('body'),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
)
