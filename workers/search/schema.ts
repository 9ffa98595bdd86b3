import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The tables of migrations/search/0002_search.sql. `grams` is an FTS5 table, which drizzle does not know: plain SQL. */

export const known = sqliteTable('known', {
  listingId: text('listing_id').primaryKey(),
  version: integer('version').notNull(),
  heardId: text('heard_id'),
  goneAtMs: integer('gone_at_ms'),
  countsVersion: integer('counts_version').notNull().default(0),
  views: integer('views').notNull().default(0),
  wishes: integer('wishes').notNull().default(0),
  comments: integer('comments').notNull().default(0),
  chats: integer('chats').notNull().default(0),
})

export const docs = sqliteTable('docs', {
  seq: integer('seq').primaryKey(),
  id: text('id').notNull().unique(),
  sellerId: text('seller_id').notNull(),
  card: text('card').notNull(),
  words: text('words').notNull(),
  price: integer('price').notNull(),
  lat: real('lat'),
  lng: real('lng'),
  views: integer('views').notNull(),
  wishes: integer('wishes').notNull(),
  comments: integer('comments').notNull(),
  chats: integer('chats').notNull(),
})

export const faces = sqliteTable('faces', {
  memberId: text('member_id').primaryKey(),
  version: integer('version').notNull(),
  seller: text('seller').notNull(),
})

export const suggestions = sqliteTable(
  'suggestions',
  {
    kind: text('kind', { enum: ['title', 'query'] }).notNull(),
    text: text('text').notNull(),
    jamo: text('jamo').notNull(),
    initials: text('initials').notNull(),
    weight: integer('weight').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.text] })],
)

export const searches = sqliteTable(
  'searches',
  {
    term: text('term').notNull(),
    visitor: text('visitor').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.term, table.visitor] }), index('searches_age').on(table.atMs)],
)
