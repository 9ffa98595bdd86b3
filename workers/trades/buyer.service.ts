import type { ListingRoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { ListingId, MemberId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import type { Trade } from '#contracts/trades'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import type { Faces } from '#kit/faces'
import { newId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import { type Asker, callFor, type Written } from './asker.ts'
import { close, madeOldBy, reopen, soldThing } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { isUnderWay } from './trade.rules.ts'
import { insertTrade, readLatestOf, type TradeRow } from './trade.store.ts'
import { tradeOf } from './trade.view.rules.ts'

const LISTINGS_DEADLINE_MS = 2 * SECOND_MS
const CHAT_DEADLINE_MS = 2 * SECOND_MS
/** Two choices at once, or one retried while the tick finishes it: the loser looks again, so often. */
const CHOICE_TRIES = 4

type Choice = { card: ListingCard; room: ListingRoomFacts; faces: Faces }

/**
 * "Sold to this neighbour." Only the seller may, and only someone who chatted about it. Choosing the same one again answers
 * the same trade. A row says first what is meant; when the request dies after it, a retry or the tick finishes it.
 */
export async function chooseBuyer(
  env: TradesEnv,
  asker: Asker,
  listingId: ListingId,
  buyerId: MemberId,
): Promise<Written<Trade>> {
  const prepared = await prepareChoice(env, asker, listingId, buyerId)
  if (!prepared.ok) return prepared
  const choice = prepared.value
  for (let tries = 0; tries < CHOICE_TRIES; tries++) {
    const pending = await pendingOf(env, asker, choice)
    if (pending === 'again') continue
    if (!pending.ok) return pending
    const view = (row: TradeRow) => tradeOf(row, 'seller', choice.faces, asker.atMs)
    if (pending.value.state === 'completed') return ok({ value: view(pending.value), events: [], old: [] })
    const closing = await close(env, pending.value, {
      ctx: callFor(asker, `${pending.value.id}:sold`),
      atMs: asker.atMs,
      also: (row) => asker.completion(201, view(row)),
    })
    if (closing.kind === 'closed') {
      const { row, events } = closing
      return ok({ value: view(row), events, old: madeOldBy(row) })
    }
    if (closing.kind === 'unanswered') return closing.refusal
    if (closing.kind === 'failed') return await soldTo(env, choice, asker, closing.refusal)
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

async function prepareChoice(
  env: TradesEnv,
  asker: Asker,
  listingId: ListingId,
  buyerId: MemberId,
): Promise<Result<Choice>> {
  const unavailable = () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 })
  const card = await callWithin<Result<ListingCard>>(
    'listings.card',
    LISTINGS_DEADLINE_MS,
    async () => await env.LISTINGS.card(callFor(asker, `${listingId}:card`), listingId),
    unavailable,
  )
  if (!card.ok) return card
  if (card.value.seller.id !== asker.memberId) return refuse('NOT_FOUND')
  const room = await callWithin<Result<ListingRoomFacts>>(
    'chat.roomOf',
    CHAT_DEADLINE_MS,
    async () => await env.CHAT.roomOf(callFor(asker, `${listingId}:room`), { listingId, buyerId }),
    unavailable,
  )
  if (!room.ok) return room.refusal.code === 'NOT_FOUND' ? refuse('NOT_CHATTED') : room
  const faces = await facesOf(env, asker.requestId, [buyerId])
  return faces.ok ? ok({ card: card.value, room: room.value, faces: faces.value }) : faces
}

/** The trade to finish: the one already meant, the finished one of the same buyer, or a new row. */
async function pendingOf(
  env: TradesEnv,
  asker: Asker,
  { card, room }: Choice,
): Promise<Result<TradeRow> | 'again'> {
  const latest = await readLatestOf(env.DB, card.id)
  if (latest?.kind === 'escrow' && isUnderWay(latest)) return refuse('LISTING_IN_TRADE')
  if (latest?.state === 'pending') return latest.buyerId === room.buyerId ? ok(latest) : refuse('CONFLICT')
  // The undoing of the trade before must have reached listings, or this one would be refused as sold.
  if (latest?.reopenWaiting) {
    const reopened = await reopen(env, latest, asker.requestId)
    if (!reopened.ok) return reopened
  }
  const isSameAgain =
    latest?.state === 'completed' && latest.buyerId === room.buyerId && card.status === 'sold'
  if (latest && isSameAgain) return ok(latest)
  const row = newRow(card, room, asker.atMs)
  const outcome = await runBatch(env.DB, [insertTrade(env.DB, row)])
  return outcome.kind === 'done' ? ok(row) : 'again'
}

const newRow = (card: ListingCard, room: ListingRoomFacts, atMs: number): TradeRow => ({
  id: newId('trd', atMs),
  listingId: card.id,
  ...soldThing(card),
  sellerId: room.sellerId,
  buyerId: room.buyerId,
  roomId: room.roomId,
  state: 'pending',
  reopenWaiting: 0,
  version: 1,
  createdAtMs: atMs,
  completedAtMs: null,
  reviews: '[]',
  kind: 'deal',
  escrow: null,
})

/** Listings says no: when it was this very buyer whom a faster request of the seller chose, that trade is the answer. */
async function soldTo(
  env: TradesEnv,
  { card, room, faces }: Choice,
  asker: Asker,
  refusal: Result<never> & { ok: false },
): Promise<Written<Trade>> {
  const latest = await readLatestOf(env.DB, card.id)
  const isSame = latest?.state === 'completed' && latest.buyerId === room.buyerId
  if (!latest || !isSame || refusal.refusal.code !== 'LISTING_SOLD') return refusal
  return ok({ value: tradeOf(latest, 'seller', faces, asker.atMs), events: [], old: [] })
}
