import type { Result } from '#contracts/errors'
import type { TradeId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import type { DisputedTrade } from '#contracts/trades'
import { toIso } from '#kit/clock'
import type { Faces } from '#kit/faces'
import { newId } from '#kit/id'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { madeOldBy } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { decideBy } from './escrow.rules.ts'
import { type EscrowTrade, insertRefund, readDisputes, readEscrow, rowOf } from './escrow.store.ts'
import { escrowView } from './escrow.view.rules.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { facesOf } from './face.service.ts'
import { tellFlow, untilCarriedOut } from './flow.service.ts'
import { imageOf } from './trade.view.rules.ts'

const DECIDE_TRIES = 8

type DisputesQuery = { state: 'open' | 'decided'; limit: number; cursor?: string | undefined }

/** Disputed purchases for operators: what waits the oldest first, what was decided the newest first. */
export async function listDisputes(
  env: TradesEnv,
  requestId: string,
  { state, limit, cursor }: DisputesQuery,
): Promise<Result<Page<DisputedTrade>>> {
  const list = `disputes ${state}`
  const opened = openPage(env.CURSOR_SECRET, list, cursor)
  if (!opened.ok) return opened
  const after = opened.value && String(opened.value[0])
  const trades = await readDisputes(env.DB, state, after, limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, trades, limit, ({ id }) => [id])
  const faces = await facesOf(
    env,
    requestId,
    page.items.flatMap(({ sellerId, buyerId }) => [sellerId, buyerId]),
  )
  if (!faces.ok) return faces
  return ok({ ...page, items: page.items.map((trade) => disputedOf(trade, faces.value)) })
}

const disputedOf = (trade: EscrowTrade, faces: Faces): DisputedTrade => ({
  id: trade.id,
  state: trade.state,
  listing: { id: trade.listingId, title: trade.title, image: imageOf(rowOf(trade)) },
  price: trade.price,
  seller: faces(trade.sellerId),
  buyer: faces(trade.buyerId),
  roomId: trade.roomId,
  escrow: escrowView(trade, 'operator'),
  createdAt: toIso(trade.createdAtMs),
})

/**
 * An operator's word on a dispute, once. It is told at once, and carried out by the flow; who decided stays with the operators.
 */
export async function decideDispute(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
  word: { refund: number; reason: string },
): Promise<Written<DisputedTrade>> {
  for (let tries = 0; tries < DECIDE_TRIES; tries++) {
    const trade = await readEscrow(env.DB, id)
    if (!trade?.escrow.dispute) return refuse('NOT_FOUND')
    const decided = decideBy(trade, word.refund)
    if (!decided.ok) return decided
    const { intent, more } = decided.value
    const dispute = { ...trade.escrow.dispute, decision: { ...word, atMs: asker.atMs } }
    const refunded = trade.escrow.refunded + more
    const next = nextOf(trade, { escrow: { intent, ended: 'decided', dispute, refunded } }, asker.atMs)
    const { atMs, requestId } = asker
    const event = moneyEvent('trade.decided', next, { actorId: null, requestId, atMs }, word)
    const refunds = more === 0 ? [] : [insertRefund(env.DB, refundOf(id, more, word.reason, atMs))]
    if (!(await write(env.DB, next, refunds, [event]))) continue
    await tellFlow(env, id)
    const after = (await untilCarriedOut(env, id)) ?? next
    const faces = await facesOf(env, requestId, [trade.sellerId, trade.buyerId])
    if (!faces.ok) return faces
    return ok({ value: disputedOf(after, faces.value), events: [event], old: madeOldBy(rowOf(after)) })
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const REFUND_REASON_MAX = 100

const refundOf = (tradeId: TradeId, amount: number, reason: string, atMs: number) => ({
  ...{ id: newId('rfd', atMs), tradeId, amount, by: 'operator' as const, done: 1 as const, atMs },
  reason: reason.slice(0, REFUND_REASON_MAX),
})
