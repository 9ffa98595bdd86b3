import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CATEGORIES, LISTING_STATUSES } from '#contracts/listings'

/** The tables of migrations/listings, as drizzle writes them. The lists' many indexes are in the migration alone. */

export const sellers = sqliteTable('sellers', {
  memberId: text('member_id').primaryKey(),
  nickname: text('nickname').notNull(),
  photoId: text('photo_id'),
  version: integer('version').notNull(),
  withdrawnAtMs: integer('withdrawn_at_ms'),
  clearedAtMs: integer('cleared_at_ms'),
})

export const listings = sqliteTable('listings', {
  id: text('id').notNull().unique(),
  seq: integer('seq').notNull().unique(),
  sellerId: text('seller_id').notNull(),
  title: text('title').notNull(),
  category: text('category', { enum: CATEGORIES }).notNull(),
  price: integer('price').notNull(),
  status: text('status', { enum: LISTING_STATUSES }).notNull(),
  listed: integer('listed').notNull(),
  imageCount: integer('image_count').notNull(),
  region: text('region'),
  latMilli: integer('lat_milli'),
  lngMilli: integer('lng_milli'),
  cellNear: integer('cell_near'),
  cellMid: integer('cell_mid'),
  cellFar: integer('cell_far'),
  views: integer('views').notNull().default(0),
  wishes: integer('wishes').notNull().default(0),
  comments: integer('comments').notNull().default(0),
  chats: integer('chats').notNull().default(0),
  countsDirty: integer('counts_dirty').notNull().default(0),
  countsVersion: integer('counts_version').notNull().default(0),
  version: integer('version').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  bumpedAtMs: integer('bumped_at_ms').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
  deletedAtMs: integer('deleted_at_ms'),
  hiddenByOperator: text('hidden_by_operator', { enum: LISTING_STATUSES }),
  soldByTrade: text('sold_by_trade'),
  reservedByTrade: text('reserved_by_trade'),
  reservedUntilMs: integer('reserved_until_ms'),
  images: text('images').notNull(),
  description: text('description').notNull(),
})

export const wishes = sqliteTable(
  'wishes',
  {
    memberId: text('member_id').notNull(),
    listingId: text('listing_id').notNull(),
    wishedAtMs: integer('wished_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.memberId, table.listingId] })],
)

export const comments = sqliteTable(
  'comments',
  {
    seq: integer('seq').primaryKey(),
    id: text('id').notNull().unique(),
    listingId: text('listing_id').notNull(),
    parentId: text('parent_id'),
    threadId: text('thread_id').notNull(),
    authorId: text('author_id').notNull(),
    text: text('text').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    editedAtMs: integer('edited_at_ms'),
    deletedAtMs: integer('deleted_at_ms'),
    hiddenByOperator: integer('hidden_by_operator').notNull().default(0),
  },
  (table) => [index('comments_threads').on(table.listingId, table.threadId, table.seq)],
)
