import type { Result } from '#contracts/errors'
import type { CommentId, ListingId } from '#contracts/ids'
import type { Comment, ListingCard } from '#contracts/listings'
import { ok, refuse } from '#kit/result'
import { cardOfRow } from './card.rules.ts'
import { judgedCommentOf } from './comment.service.ts'
import { hideComment, readAnyComment } from './comment.store.ts'
import { hiding } from './deal.rules.ts'
import { moved } from './deal.service.ts'
import type { ListingsEnv } from './env.ts'
import type { Written } from './listing.service.ts'
import { readListing } from './listing.store.ts'
import { changeListing } from './listing-change.service.ts'

export type HideRequest = {
  target: { kind: 'listing'; id: ListingId } | { kind: 'comment'; id: CommentId }
  hidden: boolean
}

/** A listing in whatever state it is, as a card. */
export async function cardOfAny(db: D1Database, id: ListingId): Promise<Result<ListingCard>> {
  const row = await readListing(db, id)
  return row ? ok(cardOfRow(row)) : refuse('NOT_FOUND')
}

/** A comment with its words, also where an operator hid it. */
export async function commentOfAny(db: D1Database, id: CommentId): Promise<Result<Comment>> {
  const row = await readAnyComment(db, id)
  return row ? ok(judgedCommentOf(row)) : refuse('NOT_FOUND')
}

/** An operator's hiding, or the end of it. Who decided is not told on; repeating it changes nothing. */
export async function hideByOperator(
  env: ListingsEnv,
  { target, hidden }: HideRequest,
  requestId: string,
): Promise<Written<null>> {
  if (target.kind === 'comment') {
    const { meta } = await hideComment(env.DB, target.id, hidden).run()
    return meta.changes === 0 ? refuse('NOT_FOUND') : ok({ value: null, events: [] })
  }
  const by = { actorId: null, requestId }
  const changed = await changeListing(env, by, target.id, (row) => {
    const next = hiding(row, hidden)
    if (next === null) return ok({ row, statements: [], changed: [] })
    return ok({ row: moved(row, next), statements: [], changed: ['status'] })
  })
  return changed.ok ? ok({ value: null, events: changed.value.events }) : changed
}
