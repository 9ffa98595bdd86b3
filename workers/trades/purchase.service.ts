import type { ListingRoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { MemberId, RoomId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import type { Buy, Trade } from '#contracts/trades'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import { type Asker, callFor } from './asker.ts'
import { AT_REST_AFTER_MS } from './audit.rules.ts'
import { soldThing } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { HELD_MS, STUCK_AFTER_MS } from './escrow.rules.ts'
import {
  type EscrowTrade,
  insertPurchase,
  readByRetryKey,
  readEscrow,
  retryKeyOf,
  rowOf,
} from './escrow.store.ts'
import { facesOf } from './face.service.ts'
import { startFlow, tellFlow, untilCarriedOut } from './flow.service.ts'
import { tradeOf } from './trade.view.rules.ts'

const ASK_DEADLINE_MS = 2 * SECOND_MS
const CODES = 10_000

/** A purchase as its buyer is answered: made, or still under way with a place to look. */
export type Bought = { trade: Trade; isUnderWay: boolean }

/**
 * Buys a thing with the wallet. The row comes first and names what is meant; then its flow does it, and this waits a while for what
 * becomes of it. A retry under the same key finds its row, wherever the first request ended.
 */
export async function buy(
  env: TradesEnv,
  asker: Asker,
  request: Buy,
  key: string | undefined,
): Promise<Result<Bought>> {
  const retryKey = key === undefined ? null : retryKeyOf(asker.memberId, key)
  const begun = retryKey === null ? null : await readByRetryKey(env.DB, retryKey)
  if (begun) {
    await tellFlow(env, begun.id)
    return await answerOf(env, asker, begun)
  }
  const [card, roomId] = await Promise.all([cardFor(env, asker, request), roomOf(env, asker, request)])
  if (!card.ok) return card
  const trade = newPurchase(card.value, { asker, request, roomId, retryKey })
  const outcome = await runBatch(env.DB, insertPurchase(env.DB, trade))
  if (outcome.kind === 'aborted') {
    // The key's other request was faster, or another buyer.
    const twin = retryKey === null ? null : await readByRetryKey(env.DB, retryKey)
    return twin ? await answerOf(env, asker, twin) : refuse('LISTING_RESERVED')
  }
  await startFlow(env, trade.id)
  return await answerOf(env, asker, trade)
}

/** What becomes of a purchase, as far as it shows within the time of a request. */
async function answerOf(env: TradesEnv, asker: Asker, begun: EscrowTrade): Promise<Result<Bought>> {
  const [trade, faces] = await Promise.all([
    untilCarriedOut(env, begun.id),
    facesOf(env, asker.requestId, [begun.sellerId]),
  ])
  if (!trade) return refuse('NOT_FOUND')
  if (trade.state === 'failed' || trade.escrow.failure !== null)
    return refuse(trade.escrow.failure ?? 'CONFLICT')
  if (!faces.ok) return faces
  return ok({
    trade: tradeOf(rowOf(trade), 'buyer', faces.value, asker.atMs),
    isUnderWay: trade.state === 'pending',
  })
}

/** The thing, if it can be bought as far as can be seen; listings decides when it is reserved. */
async function cardFor(env: TradesEnv, asker: Asker, request: Buy): Promise<Result<ListingCard>> {
  const { listingId, expectedPrice } = request
  const card = await callWithin<Result<ListingCard>>(
    'listings.card',
    ASK_DEADLINE_MS,
    async () => await env.LISTINGS.card(callFor(asker, `${listingId}:card`), listingId),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  if (!card.ok) return card
  const { seller, status, price } = card.value
  if (seller.id === asker.memberId) return refuse('OWN_LISTING')
  if (status === 'hidden') return refuse('LISTING_HIDDEN')
  if (status === 'sold') return refuse('LISTING_SOLD')
  if (status === 'reserved') return refuse('LISTING_RESERVED')
  return price === expectedPrice ? card : refuse('PRICE_CHANGED')
}

/** The room the two have about the thing; without one, or without chat, the purchase goes on. */
async function roomOf(env: TradesEnv, asker: Asker, { listingId }: Buy): Promise<RoomId | null> {
  const room = await callWithin<Result<ListingRoomFacts>>(
    'chat.roomOf',
    ASK_DEADLINE_MS,
    async () =>
      await env.CHAT.roomOf(callFor(asker, `${listingId}:room`), { listingId, buyerId: asker.memberId }),
    () => refuse('UNAVAILABLE'),
  )
  return room.ok ? room.value.roomId : null
}

function newPurchase(
  card: ListingCard,
  {
    asker,
    request,
    roomId,
    retryKey,
  }: { asker: Asker; request: Buy; roomId: RoomId | null; retryKey: string | null },
): EscrowTrade {
  const { atMs } = asker
  return {
    id: newId('trd', atMs),
    listingId: card.id,
    ...soldThing(card),
    sellerId: card.seller.id,
    buyerId: asker.memberId,
    roomId,
    state: 'pending',
    reopenWaiting: 0,
    version: 1,
    createdAtMs: atMs,
    completedAtMs: null,
    reviews: '[]',
    kind: 'escrow',
    escrow: {
      ...{ category: card.category, paid: card.price, discount: 0, refunded: 0 },
      ...{ couponId: request.couponId ?? null, couponTitle: null },
      ...{ intent: 'pay', ended: null, endedBy: null, failure: null, releaseAtMs: null, noticed: 0 },
      heldUntilMs: atMs + HELD_MS,
      handoverCode: newCode(),
      ...{ tries: 0, triedFromMs: 0, dispute: null, retryKey },
      dueAtMs: atMs + STUCK_AFTER_MS,
      ...{ taken: null, auditAtMs: atMs + AT_REST_AFTER_MS, frozenAtMs: null, saleSeen: 0 },
      refunds: [],
    },
  }
}

/** Four digits nobody can foresee. */
function newCode(): string {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
  return String(drawn % CODES).padStart(4, '0')
}

/** A purchase for one of its sides; one that failed, for its buyer alone, who may learn why. */
export const isVisibleTo = ({ state, buyerId }: EscrowTrade, memberId: MemberId): boolean =>
  state !== 'failed' || memberId === buyerId

/** Reads a purchase again for whoever has just changed it. */
export const asItStands = async (env: TradesEnv, trade: EscrowTrade): Promise<EscrowTrade> =>
  (await readEscrow(env.DB, trade.id)) ?? trade
