import { nowMs } from '#kit/clock'
import { log } from '#kit/log'
import { relay } from '#kit/outbox'
import type { Told } from './carry.service.ts'
import { callOffOthers } from './elsewhere.service.ts'
import type { TradesEnv } from './env.ts'
import { HELD_MS } from './escrow.rules.ts'
import { type EscrowTrade, rowOf } from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { ask, causeOf, contextOf, linesOf, Unanswered } from './neighbour.service.ts'

/**
 * Gives the seller the price less what was promised back: the buyer's part is taken so much smaller, the promotion's share is taken
 * whole. Money that is no longer held, which only a lost process can bring about, undoes the trade instead.
 */
export async function settleMoney(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const { refunded } = trade.escrow
  const takes = linesOf(trade).map(({ holdId, payer, amount }) => ({
    holdId,
    amount: payer === 'promotion' ? amount : amount - refunded,
  }))
  const taken = takes.filter(({ amount }) => amount > 0)
  const untouched = takes.filter(({ amount }) => amount === 0).map(({ holdId }) => holdId)
  const ctx = contextOf(trade, 'settle')
  if (untouched.length > 0)
    await ask('payments.release', async () => await env.PAYMENTS.release(ctx, { holdIds: untouched }))
  if (taken.length === 0) return 'done'
  const settled = await ask(
    'payments.settle',
    async () =>
      await env.PAYMENTS.settle(ctx, {
        ...{ settlementId: `${trade.id}:settle`, cause: causeOf(trade), takes: taken },
        gives: [{ to: trade.sellerId, amount: trade.price - refunded }],
        memo: trade.title,
      }),
  )
  if (settled.ok) return 'done'
  if (settled.refusal.code !== 'HOLD_EXPIRED' && settled.refusal.code !== 'HOLD_VOIDED')
    throw new Unanswered(`payments.settle: ${settled.refusal.code}`)
  log('error', 'a paid trade has no money held', { tradeId: trade.id, code: settled.refusal.code })
  await write(env.DB, nextOf(trade, { escrow: { intent: 'undo' } }, nowMs()))
  return 'again'
}

/** Uses the coupon up. Once the money has moved there is no way back: what another hand did with the coupon is only noted. */
export async function redeemCoupon(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const { couponId } = trade.escrow
  if (couponId === null) return 'done'
  const ctx = contextOf(trade, 'redeem')
  const redeemed = await ask(
    'coupons.redeem',
    async () => await env.COUPONS.redeem(ctx, { couponId, tradeId: trade.id }),
  )
  if (!redeemed.ok)
    log('error', 'a paid coupon is not held', { tradeId: trade.id, code: redeemed.refusal.code })
  return 'done'
}

/** Marks the thing sold. Gone or sold elsewhere, which a reservation forbids, it is only noted: the money has moved. */
export async function sellThing(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const request = { id: trade.listingId, sellerId: trade.sellerId, tradeId: trade.id }
  const ctx = contextOf(trade, 'sell')
  const sold = await ask('listings.markSold', async () => await env.LISTINGS.markSold(ctx, request))
  if (!sold.ok) log('error', 'a paid thing is not sold', { tradeId: trade.id, code: sold.refusal.code })
  return 'done'
}

/** It is over: the row, its fact, and the end of others' appointments about the thing are one batch. */
export async function complete(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const atMs = nowMs()
  const taken = trade.escrow.paid - trade.escrow.refunded
  const to = { state: 'completed', completedAtMs: atMs, escrow: { intent: null, taken } } as const
  const completed = nextOf(trade, to, atMs)
  const asked = { requestId: `trade:${trade.id}`, atMs }
  const event = moneyEvent('trade.completed', completed, { actorId: trade.escrow.endedBy, ...asked })
  const elsewhere = await callOffOthers(env, rowOf(completed), asked)
  if (!(await write(env.DB, completed, elsewhere.statements, [event]))) return 'again'
  await relay(env.DB, env, [event, ...elsewhere.events])
  return 'done'
}

/** Holds money and thing on for as long as a dispute may take. */
export async function prolong(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const untilMs = nowMs() + HELD_MS
  const holdIds = linesOf(trade).map(({ holdId }) => holdId)
  const ctx = contextOf(trade, 'prolong')
  if (holdIds.length > 0) {
    const request = { holdIds, nextAtMs: null, expiresAtMs: untilMs }
    const held = await ask('payments.prolong', async () => await env.PAYMENTS.prolong(ctx, request))
    if (!held.ok) log('error', 'disputed money is not held', { tradeId: trade.id, code: held.refusal.code })
  }
  const { listingId: id, buyerId, id: tradeId, price: expectedPrice } = trade
  const request = { id, buyerId, tradeId, expectedPrice, untilMs }
  // One that an operator hid meanwhile is not prolonged; it is out of everyone's sight anyway.
  await ask('listings.reserve', async () => await env.LISTINGS.reserve(ctx, request))
  const kept = nextOf(trade, { escrow: { intent: null, heldUntilMs: untilMs } }, nowMs())
  return (await write(env.DB, kept)) ? 'done' : 'again'
}
