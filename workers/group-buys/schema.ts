import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The platform's own table (migrations/group-buys/0001_platform.sql), as far as the summary reads it. */
export const outbox = sqliteTable('outbox', {
  id: text('id').primaryKey(),
  sentAtMs: integer('sent_at_ms'),
})
