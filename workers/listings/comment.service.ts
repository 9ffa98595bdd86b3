import type { Result } from '#contracts/errors'
import type { CommentId, ListingId } from '#contracts/ids'
import type { Comment } from '#contracts/listings'
import type { Page, PageQuery } from '#contracts/page'
import { HOUR_MS, nowMs, SECOND_MS, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { sellerOf } from './card.rules.ts'
import {
  COMMENTS_AN_HOUR_MAX,
  type CommentRow,
  insertComment,
  readComment,
  readComments,
  readThread,
  removeComment,
  rewriteComment,
} from './comment.store.ts'
import type { ListingsEnv } from './env.ts'
import type { Asker, Written } from './listing.service.ts'
import { recentSellerFor, sellerFor } from './seller.service.ts'

/** A listing's comments, oldest thread first, each thread's replies under it. */
export async function listComments(
  env: Pick<ListingsEnv, 'DB' | 'CURSOR_SECRET'>,
  listingId: ListingId,
  query: PageQuery,
): Promise<Result<Page<Comment>>> {
  const list = `comments ${listingId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await readComments(env.DB, listingId, opened.value, query.limit + 1)
  if (!rows) return refuse('NOT_FOUND')
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.threadId, row.seq])
  return ok({ ...page, items: page.items.map(commentOf) })
}

/** Asks or answers under a listing. A reply to a reply joins the same thread: there is one level. */
export async function postComment(
  env: ListingsEnv,
  asker: Asker,
  listingId: ListingId,
  post: { text: string; parentId?: CommentId | undefined },
): Promise<Written<Comment>> {
  const author = await recentSellerFor(env, asker.memberId, asker.requestId)
  if (!author.ok) return author
  const { atMs } = asker
  const thread = await readThread(env.DB, listingId, asker.memberId, post.parentId, atMs - HOUR_MS)
  if (!thread) return refuse('NOT_FOUND')
  if (thread.parent === undefined) {
    return refuse('VALIDATION_FAILED', {
      errors: [{ path: 'parentId', message: 'no such comment on this listing' }],
    })
  }
  if (thread.writtenThisHour >= COMMENTS_AN_HOUR_MAX)
    return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds: HOUR_MS / SECOND_MS })

  const id = newId('cmt', atMs)
  const threadId = thread.parent?.threadId ?? id
  const row: CommentRow = {
    ...{ seq: 0, id, listingId, threadId, parentId: thread.parent === null ? null : threadId },
    ...{ authorId: asker.memberId, nickname: author.value.nickname, photoId: author.value.photoId },
    ...{ text: post.text, createdAtMs: atMs, editedAtMs: null, deletedAtMs: null },
    hiddenByOperator: 0,
  }
  const comment = commentOf(row)
  const event = eventOf(
    {
      type: 'comment.posted',
      aggregateId: id,
      version: 1,
      actorId: asker.memberId,
      requestId: asker.requestId,
      data: {
        id,
        listingId,
        listingTitle: thread.title,
        sellerId: thread.sellerId,
        authorId: asker.memberId,
        parentAuthorId: thread.parent?.authorId ?? null,
        text: post.text,
      },
    },
    atMs,
  )
  const outcome = await runBatch(env.DB, [
    ...insertComment(env.DB, row),
    outboxPut(env.DB, event),
    ...asker.completion(201, comment),
  ])
  if (outcome.kind === 'done') return ok({ value: comment, events: [event] })
  return await whyNotPosted(env, asker, listingId)
}

/** The batch aborts when the author left, the listing or the thread went away, or the key was claimed by another request. */
async function whyNotPosted(env: ListingsEnv, asker: Asker, listingId: ListingId): Promise<Written<Comment>> {
  const author = await sellerFor(env, asker.memberId, asker.requestId)
  if (!author.ok) return author
  const thread = await readThread(env.DB, listingId, asker.memberId, undefined, nowMs())
  return thread ? refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 }) : refuse('NOT_FOUND')
}

/** Rewrites one's own comment. Absent and not-yours look alike. */
export async function editComment(
  env: ListingsEnv,
  asker: Asker,
  id: CommentId,
  text: string,
): Promise<Result<Comment>> {
  const row = await readComment(env.DB, id)
  if (!row || row.authorId !== asker.memberId) return refuse('NOT_FOUND')
  if (row.hiddenByOperator === 1) return refuse('HIDDEN_BY_OPERATOR')
  if (row.text === text) return ok(commentOf(row))
  const atMs = nowMs()
  const { meta } = await rewriteComment(env.DB, id, text, atMs).run()
  return meta.changes === 1 ? ok(commentOf({ ...row, text, editedAtMs: atMs })) : refuse('NOT_FOUND')
}

/** Takes one's own comment away; answers whose listing it stood under. */
export async function deleteComment(
  env: ListingsEnv,
  asker: Asker,
  id: CommentId,
): Promise<Result<{ listingId: ListingId }>> {
  const row = await readComment(env.DB, id)
  if (!row || row.authorId !== asker.memberId) return refuse('NOT_FOUND')
  await env.DB.batch(removeComment(env.DB, row, nowMs()))
  return ok({ listingId: row.listingId })
}

/** A comment as everyone sees it: of one that is gone or that an operator hid, only its place. */
function commentOf(row: CommentRow): Comment {
  const isShown = row.deletedAtMs === null && row.hiddenByOperator === 0
  return {
    id: row.id,
    listingId: row.listingId,
    parentId: row.parentId,
    author: isShown ? authorOf(row) : null,
    text: isShown ? row.text : '',
    deleted: !isShown,
    createdAt: toIso(row.createdAtMs),
    editedAt: row.editedAtMs === null ? null : toIso(row.editedAtMs),
  }
}

/** A comment as an operator judges it; `deleted` says that others do not see it. */
export const judgedCommentOf = (row: CommentRow): Comment => ({
  ...commentOf(row),
  author: authorOf(row),
  text: row.text,
})

const authorOf = ({ authorId, nickname, photoId }: CommentRow) =>
  sellerOf({ memberId: authorId, nickname, photoId })
