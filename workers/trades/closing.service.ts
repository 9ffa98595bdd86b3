import type { CallContext } from '#contracts/call'
import type { Refusal, Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { ListingCard } from '#contracts/listings'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { eventOf, outboxPut } from '#kit/outbox'
import { refuse } from '#kit/result'
import { reputationTag, reviewsTag } from './asker.ts'
import { callOffOthers } from './elsewhere.service.ts'
import type { TradesEnv } from './env.ts'
import { clearReopen, replaceTrade, type TradeRow } from './trade.store.ts'
import { factsOf } from './trade.view.rules.ts'

const LISTINGS_DEADLINE_MS = 3 * SECOND_MS

/** What became of a pending trade: closed with its fact, given up with the reason, or changed by somebody else meanwhile. */
export type Closing =
  | { kind: 'closed'; row: TradeRow; events: MadangEvent[] }
  | { kind: 'failed'; refusal: Result<never> & { ok: false } }
  | { kind: 'unanswered'; refusal: Result<never> & { ok: false } }
  | { kind: 'overtaken' }

/**
 * Finishes a pending trade: the listing is marked sold by it, then the trade, its fact and what `also` adds are one batch.
 * Listings answers the same trade the same, so a second try after a death half way ends as the first would have.
 */
export async function close(
  env: TradesEnv,
  row: TradeRow,
  asked: { ctx: CallContext; atMs: number; also: (closed: TradeRow) => D1PreparedStatement[] },
): Promise<Closing> {
  const request = { id: row.listingId, sellerId: row.sellerId, tradeId: row.id }
  const sold = await callWithin<Result<ListingCard>>(
    'listings.markSold',
    LISTINGS_DEADLINE_MS,
    async () => await env.LISTINGS.markSold(asked.ctx, request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  if (!sold.ok && isUnanswered(sold.refusal)) return { kind: 'unanswered', refusal: sold }
  if (!sold.ok) {
    const failed: TradeRow = { ...row, state: 'failed', version: row.version + 1 }
    const outcome = await runBatch(env.DB, replaceTrade(env.DB, failed))
    return outcome.kind === 'done' ? { kind: 'failed', refusal: sold } : { kind: 'overtaken' }
  }
  const closed = closedRow(row, sold.value, asked.atMs)
  const event = closingEvent('trade.completed', closed, asked.ctx.requestId, asked.atMs)
  const elsewhere = await callOffOthers(env, closed, { requestId: asked.ctx.requestId, atMs: asked.atMs })
  const outcome = await runBatch(env.DB, [
    ...replaceTrade(env.DB, closed),
    outboxPut(env.DB, event),
    ...elsewhere.statements,
    ...asked.also(closed),
  ])
  if (outcome.kind === 'aborted') return { kind: 'overtaken' }
  return { kind: 'closed', row: closed, events: [event, ...elsewhere.events] }
}

/** No word on the matter itself: listings is away, or the listing was changing under everyone's hands. */
const isUnanswered = ({ code }: Refusal): boolean => code === 'UNAVAILABLE' || code === 'CONFLICT'

const closedRow = (row: TradeRow, card: ListingCard, atMs: number): TradeRow => ({
  ...row,
  ...soldThing(card),
  state: 'completed',
  completedAtMs: atMs,
  version: row.version + 1,
})

/** What a trade keeps of its listing: it may be edited or deleted later. */
export const soldThing = ({ title, price, images }: ListingCard) => ({
  title,
  price,
  image: images[0] ? JSON.stringify(images[0]) : null,
})

/** The fact that a trade was closed, or taken back. */
export const closingEvent = (
  type: 'trade.completed' | 'trade.undone',
  row: TradeRow,
  requestId: string,
  atMs: number,
): MadangEvent =>
  eventOf(
    { type, aggregateId: row.id, version: row.version, actorId: row.sellerId, requestId, data: factsOf(row) },
    atMs,
  )

/**
 * Has an undone trade's thing put on sale again, and notes that it was. Not answered, the tick asks again; a listing that is
 * gone or was changed meanwhile stays as it is, and there is nothing left to ask.
 */
export async function reopen(env: TradesEnv, row: TradeRow, requestId: string): Promise<Result<null>> {
  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'trades' },
    requestId,
    idempotencyKey: `${row.id}:reopen`,
  }
  const request = { id: row.listingId, sellerId: row.sellerId, tradeId: row.id }
  const answer = await callWithin<Result<null>>(
    'listings.reopen',
    LISTINGS_DEADLINE_MS,
    async () => await env.LISTINGS.reopen(ctx, request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  if (!answer.ok && isUnanswered(answer.refusal)) return answer
  await clearReopen(env.DB, row.id).run()
  return { ok: true, value: null }
}

/** Tags of the public replies that a closed or undone trade makes old. */
export const madeOldBy = ({ listingId, sellerId, buyerId }: TradeRow): string[] => [
  listingId,
  'listings',
  ...[sellerId, buyerId].flatMap((memberId) => [reputationTag(memberId), reviewsTag(memberId)]),
]
