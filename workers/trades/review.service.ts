import { z } from 'zod'
import type { Result } from '#contracts/errors'
import type { MemberId, TradeId } from '#contracts/ids'
import type { Page, PageQuery } from '#contracts/page'
import { type Review, ReviewTag, type WriteReview } from '#contracts/trades'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { type Asker, reputationTag, reviewsTag, type Written } from './asker.ts'
import type { TradesEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { insertReview, readShown, type ShownReviewRow, showReviews } from './review.store.ts'
import { isShown, memberOfSide, otherSide, type Side, sideOf, writeReview } from './trade.rules.ts'
import { readTrade, replaceTrade, type TradeRow } from './trade.store.ts'
import { factsOf, type KeptReview, reviewOf, reviewsOf } from './trade.view.rules.ts'

/** The other side's review or an undo at the same moment: looked at again, so often. */
const WRITE_TRIES = 4

/**
 * One side's word on a closed trade, hidden until the other wrote too or the fourteen days are over. The trade's version guards
 * it: of two reviews written at once the later one knows it is the second, and no review joins a trade just undone.
 */
export async function review(
  env: TradesEnv,
  asker: Asker,
  tradeId: TradeId,
  write: WriteReview,
): Promise<Written<Review>> {
  const faces = await facesOf(env, asker.requestId, [asker.memberId])
  if (!faces.ok) return faces
  for (let tries = 0; tries < WRITE_TRIES; tries++) {
    const row = await readTrade(env.DB, tradeId)
    const side = row && sideOf(row, asker.memberId)
    if (!row || !side || row.state === 'failed') return refuse('NOT_FOUND')
    const written = reviewsOf(row).map(({ role }) => role)
    const allowed = writeReview(row, written, side, asker.atMs)
    if (!allowed.ok) return allowed
    const kept = keptReview(write, side, asker.atMs, allowed.value.showsAtMs)
    const view = reviewOf(row, kept, faces.value(asker.memberId))
    const next: TradeRow = { ...row, version: row.version + 1 }
    const shown = isShown(kept, asker.atMs)
    const event = reviewedEvent(next, side, shown, asker)
    const subjectId = memberOfSide(row, otherSide(side))
    const outcome = await runBatch(env.DB, [
      ...replaceTrade(env.DB, next),
      insertReview(env.DB, { ...kept, tradeId, authorId: asker.memberId, subjectId }),
      ...(shown ? [showReviews(env.DB, tradeId, asker.atMs)] : []),
      outboxPut(env.DB, event),
      ...asker.completion(201, view),
    ])
    if (outcome.kind === 'done') return ok({ value: view, events: [event], old: shown ? madeOld(row) : [] })
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const keptReview = (write: WriteReview, role: Side, atMs: number, showsAtMs: number): KeptReview => ({
  id: newId('rev', atMs),
  role,
  score: write.score,
  tags: write.tags,
  text: write.text ?? null,
  atMs,
  showsAtMs,
})

const reviewedEvent = (row: TradeRow, side: Side, shown: boolean, { requestId, atMs }: Asker) =>
  eventOf(
    {
      type: 'trade.reviewed',
      aggregateId: row.id,
      version: row.version,
      actorId: memberOfSide(row, side),
      requestId,
      data: {
        ...factsOf(row),
        authorId: memberOfSide(row, side),
        subjectId: memberOfSide(row, otherSide(side)),
        shown,
      },
    },
    atMs,
  )

const madeOld = ({ sellerId, buyerId }: TradeRow): string[] =>
  [sellerId, buyerId].flatMap((memberId) => [reviewsTag(memberId), reputationTag(memberId)])

/** What may be read of what others wrote of a member, the latest shown first. The same for everyone. */
export async function listReviews(
  env: TradesEnv,
  requestId: string,
  subjectId: MemberId,
  query: PageQuery,
): Promise<Result<Page<Review>>> {
  const list = `reviews ${subjectId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const before = opened.value ?? [nowMs() + 1, '']
  const rows = await readShown(env.DB, subjectId, before, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.showsAtMs, row.id])
  const authors = page.items.map(({ authorId }) => authorId)
  const faces = await facesOf(env, requestId, authors)
  if (!faces.ok) return faces
  return ok({ ...page, items: page.items.map((row) => shownReview(row, faces.value)) })
}

const shownReview = (row: ShownReviewRow, faces: (id: MemberId) => Review['author']): Review => {
  const tags = z.array(ReviewTag).parse(JSON.parse(row.tags))
  return reviewOf({ id: row.tradeId, title: row.title }, { ...row, tags }, faces(row.authorId))
}
