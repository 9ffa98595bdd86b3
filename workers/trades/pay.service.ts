import type { ErrorCode } from '#contracts/errors'
import { RELEASE_AFTER_MS } from '#contracts/trades'
import { DAY_MS, nowMs } from '#kit/clock'
import { relay } from '#kit/outbox'
import type { Told } from './carry.service.ts'
import type { TradesEnv } from './env.ts'
import { PAY_WITHIN_MS } from './escrow.rules.ts'
import type { EscrowTrade } from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { ask, causeOf, contextOf, linesOf, Unanswered, urlOf } from './neighbour.service.ts'

/** Longer than any dispute: a coupon comes back by the trade's own end, and by itself only when the trade is lost. */
const COUPON_HELD_MS = 180 * DAY_MS

/** Sets the thing aside for the buyer. */
export async function reserveThing(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const request = {
    ...{ id: trade.listingId, buyerId: trade.buyerId, tradeId: trade.id, expectedPrice: trade.price },
    untilMs: trade.escrow.heldUntilMs,
  }
  const ctx = contextOf(trade, 'reserve')
  return await orFail(env, trade, async () => {
    const reserved = await ask('listings.reserve', async () => await env.LISTINGS.reserve(ctx, request))
    return reserved.ok ? null : reserved.refusal.code
  })
}

/** Puts the coupon aside and notes what it takes off: the money that is held next goes by it. */
export async function holdCoupon(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const { couponId, category } = trade.escrow
  if (couponId === null) return 'done'
  const ctx = contextOf(trade, 'hold coupon')
  return await orFail(env, trade, async () => {
    const held = await ask(
      'coupons.hold',
      async () =>
        await env.COUPONS.hold(ctx, {
          ...{ couponId, memberId: trade.buyerId, tradeId: trade.id },
          thing: { price: trade.price, category },
          untilMs: trade.createdAtMs + COUPON_HELD_MS,
        }),
    )
    if (!held.ok) return held.refusal.code
    const { discount, title } = held.value
    if (trade.escrow.couponTitle === title && trade.escrow.discount === discount) return null
    const escrow = { discount, paid: trade.price - discount, couponTitle: title }
    return (await write(env.DB, nextOf(trade, { escrow }, nowMs()))) ? null : 'again'
  })
}

/** Puts both parts of the price aside, or none. */
export async function holdMoney(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const lines = linesOf(trade)
  if (lines.length === 0) return 'done'
  const request = {
    ...{ cause: causeOf(trade), lines, payeeId: trade.sellerId, title: trade.title, url: urlOf(trade) },
    nextAtMs: trade.createdAtMs + RELEASE_AFTER_MS,
    expiresAtMs: trade.escrow.heldUntilMs,
  }
  const ctx = contextOf(trade, 'hold money')
  return await orFail(env, trade, async () => {
    const held = await ask('payments.hold', async () => await env.PAYMENTS.hold(ctx, request))
    if (!held.ok) return held.refusal.code
    // Known holds answer as they stand: money that was given back since cannot pay.
    return held.value.every(({ state }) => state === 'open') ? null : 'HOLD_VOIDED'
  })
}

/** Everything is held: the purchase is paid, and said to be in the same batch. */
export async function markPaid(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const atMs = nowMs()
  const releaseAtMs = atMs + RELEASE_AFTER_MS
  const paid = nextOf(trade, { state: 'paid', escrow: { intent: null, releaseAtMs } }, atMs)
  const about = { actorId: trade.buyerId, requestId: `trade:${trade.id}`, atMs }
  const event = moneyEvent('trade.paid', paid, about, { releaseAtMs })
  if (!(await write(env.DB, paid, [], [event]))) return 'again'
  await relay(env.DB, env, [event])
  return 'done'
}

/**
 * A step on the way to being paid. A refusal is written down first, and then undone from the row; so is a purchase for which there has
 * been no answer for too long.
 */
async function orFail(
  env: TradesEnv,
  trade: EscrowTrade,
  step: () => Promise<ErrorCode | 'again' | null>,
): Promise<Told> {
  const refused = await step().catch((error: unknown): ErrorCode => {
    const isLate = nowMs() >= trade.createdAtMs + PAY_WITHIN_MS
    if (error instanceof Unanswered && isLate) return 'UNAVAILABLE'
    throw error
  })
  if (refused === null) return 'done'
  if (refused !== 'again')
    await write(env.DB, nextOf(trade, { escrow: { intent: 'fail', failure: refused } }, nowMs()))
  return 'again'
}
