import { and, eq, isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { CommentId, ImageId, ListingId, MemberId } from '#contracts/ids'
import { assertChangedOne, prepared } from '#kit/d1'
import type { Statement } from '#kit/page'
import { comments } from './schema.ts'
import { stillHere } from './seller.store.ts'

export type CommentRow = {
  seq: number
  id: CommentId
  listingId: ListingId
  parentId: CommentId | null
  threadId: CommentId
  authorId: MemberId
  nickname: string
  photoId: ImageId | null
  text: string
  createdAtMs: number
  editedAtMs: number | null
  deletedAtMs: number | null
  hiddenByOperator: number
}

const ROW = `c.seq, c.id, c.listing_id AS listingId, c.parent_id AS parentId, c.thread_id AS threadId, c.author_id AS authorId,
  s.nickname, s.photo_id AS photoId, c.text, c.created_at_ms AS createdAtMs, c.edited_at_ms AS editedAtMs,
  c.deleted_at_ms AS deletedAtMs, c.hidden_by_operator AS hiddenByOperator`

/** A page of a listing's comments: threads in the order they began, replies under their beginning. */
const page = (
  listingId: ListingId,
  after: readonly (string | number)[] | null,
  limit: number,
): Statement => ({
  sql: `SELECT ${ROW} FROM comments c INDEXED BY comments_threads JOIN sellers s ON s.member_id = c.author_id
WHERE c.listing_id = ?${after ? ' AND (c.thread_id, c.seq) > (?, ?)' : ''} ORDER BY c.thread_id, c.seq LIMIT ?`,
  binds: [listingId, ...(after ?? []), limit],
})

/** The page, and whether there is such a listing on show at all, in one trip. */
export async function readComments(
  db: D1Database,
  listingId: ListingId,
  after: readonly (string | number)[] | null,
  limit: number,
): Promise<CommentRow[] | null> {
  const { sql, binds } = page(listingId, after, limit)
  const [seen, rows] = await db.batch<CommentRow>([
    db.prepare('SELECT 1 FROM listings WHERE id = ? AND listed = 1').bind(listingId),
    db.prepare(sql).bind(...binds),
  ])
  return seen?.results.length ? (rows?.results ?? []) : null
}

/** A comment that is not deleted, on a listing that is on show. */
export const readComment = (db: D1Database, id: CommentId): Promise<CommentRow | null> =>
  db
    .prepare(
      `SELECT ${ROW} FROM comments c JOIN sellers s ON s.member_id = c.author_id
JOIN listings l ON l.id = c.listing_id AND l.listed = 1 WHERE c.id = ? AND c.deleted_at_ms IS NULL`,
    )
    .bind(id)
    .first()

/** A comment that is not deleted, wherever it stands: what an operator judges. */
export const readAnyComment = (db: D1Database, id: CommentId): Promise<CommentRow | null> =>
  db
    .prepare(
      `SELECT ${ROW} FROM comments c JOIN sellers s ON s.member_id = c.author_id
WHERE c.id = ? AND c.deleted_at_ms IS NULL`,
    )
    .bind(id)
    .first()

export const hideComment = (db: D1Database, id: CommentId, hidden: boolean): D1PreparedStatement =>
  db.prepare('UPDATE comments SET hidden_by_operator = ? WHERE id = ?').bind(hidden ? 1 : 0, id)

/** Comments a member may write in an hour. */
export const COMMENTS_AN_HOUR_MAX = 60

export type Thread = {
  sellerId: MemberId
  title: string
  /** Of the comment replied to; null for a new thread, undefined when that comment is not there. */
  parent: { threadId: CommentId; authorId: MemberId } | null | undefined
  writtenThisHour: number
}

/** What a new comment is judged by; null when there is no such listing on show. */
export async function readThread(
  db: D1Database,
  listingId: ListingId,
  authorId: MemberId,
  parentId: CommentId | undefined,
  sinceMs: number,
): Promise<Thread | null> {
  const row = await db
    .prepare(
      `SELECT l.seller_id AS sellerId, l.title, p.thread_id AS threadId, p.author_id AS parentAuthorId,
  (SELECT count(*) FROM (SELECT 1 FROM comments INDEXED BY comments_author
    WHERE author_id = ?3 AND created_at_ms > ?4 LIMIT ${COMMENTS_AN_HOUR_MAX})) AS writtenThisHour
FROM listings l LEFT JOIN comments p ON p.id = ?2 AND p.listing_id = l.id AND p.deleted_at_ms IS NULL
WHERE l.id = ?1 AND l.listed = 1`,
    )
    .bind(listingId, parentId ?? null, authorId, sinceMs)
    .first<{
      sellerId: MemberId
      title: string
      threadId: CommentId | null
      parentAuthorId: MemberId | null
      writtenThisHour: number
    }>()
  if (!row) return null
  const { sellerId, title, threadId, parentAuthorId, writtenThisHour } = row
  const found = threadId && parentAuthorId ? { threadId, authorId: parentAuthorId } : undefined
  return { sellerId, title, parent: parentId === undefined ? null : found, writtenThisHour }
}

/** A new comment, if its listing is still on show and the thread it joins still begins somewhere. */
export const insertComment = (
  db: D1Database,
  row: Pick<CommentRow, 'id' | 'listingId' | 'parentId' | 'threadId' | 'authorId' | 'text' | 'createdAtMs'>,
): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO comments (id, listing_id, parent_id, thread_id, author_id, text, created_at_ms)
SELECT ?1, l.id, ?3, ?4, ?5, ?6, ?7 FROM listings l WHERE l.id = ?2 AND l.listed = 1
AND (?3 IS NULL OR EXISTS (SELECT 1 FROM comments WHERE id = ?3 AND listing_id = ?2)) AND ${stillHere('?5')}`,
    )
    .bind(row.id, row.listingId, row.parentId, row.threadId, row.authorId, row.text, row.createdAtMs),
  assertChangedOne(db),
]

export const rewriteComment = (
  db: D1Database,
  id: CommentId,
  text: string,
  atMs: number,
): D1PreparedStatement =>
  prepared(
    db,
    drizzle(db)
      .update(comments)
      .set({ text, editedAtMs: atMs })
      .where(and(eq(comments.id, id), isNull(comments.deletedAtMs))),
  )

const HAS_NO_REPLIES = 'NOT EXISTS (SELECT 1 FROM comments r WHERE r.parent_id = comments.id)'

/**
 * Takes a comment away: with replies its place stays and its words go; without, the row goes, and with it a place that was
 * only kept for it. Run twice it finds nothing more to do.
 */
export const removeComment = (
  db: D1Database,
  row: Pick<CommentRow, 'id' | 'threadId'>,
  atMs: number,
): D1PreparedStatement[] => [
  db.prepare(`DELETE FROM comments WHERE id = ? AND ${HAS_NO_REPLIES}`).bind(row.id),
  db
    .prepare("UPDATE comments SET deleted_at_ms = ?, text = '' WHERE id = ? AND deleted_at_ms IS NULL")
    .bind(atMs, row.id),
  db
    .prepare(`DELETE FROM comments WHERE id = ? AND deleted_at_ms IS NOT NULL AND ${HAS_NO_REPLIES}`)
    .bind(row.threadId),
]
