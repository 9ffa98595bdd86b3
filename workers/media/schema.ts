import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ImageHolder } from '#contracts/media.api'
import type { ImageFormat } from './image/clean-image.ts'

/** Made by migrations/media/0002_images.sql, which holds the checks. */
export const images = sqliteTable('images', {
  id: text('id').primaryKey(),
  ownerId: text('owner_id').notNull(),
  sha256: text('sha256').notNull(),
  format: text('format').$type<ImageFormat>().notNull(),
  width: integer('width').notNull(),
  height: integer('height').notNull(),
  bytes: integer('bytes').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  holderKind: text('holder_kind').$type<ImageHolder['kind']>(),
  holderId: text('holder_id'),
  position: integer('position'),
  detachedAtMs: integer('detached_at_ms'),
  purgedAtMs: integer('purged_at_ms'),
})
export type ImageRow = typeof images.$inferSelect
