import { nowMs } from '#kit/clock'
import { relay } from '#kit/outbox'
import type { Told } from './carry.service.ts'
import type { TradesEnv } from './env.ts'
import type { EscrowTrade } from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { ask, contextOf, linesOf, Unanswered } from './neighbour.service.ts'

/** Gives both parts of the money back. What was never held is nothing to give back. */
export async function freeMoney(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const holdIds = linesOf(trade).map(({ holdId }) => holdId)
  if (holdIds.length === 0) return 'done'
  const ctx = contextOf(trade, 'release money')
  const freed = await ask('payments.release', async () => await env.PAYMENTS.release(ctx, { holdIds }))
  if (freed.ok || freed.refusal.code === 'NOT_FOUND') return 'done'
  throw new Unanswered(`payments.release: ${freed.refusal.code}`)
}

/** Gives the coupon back to its member. */
export async function freeCoupon(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const { couponId } = trade.escrow
  if (couponId === null) return 'done'
  const ctx = contextOf(trade, 'release coupon')
  await ask('coupons.release', async () => await env.COUPONS.release(ctx, { couponId, tradeId: trade.id }))
  return 'done'
}

/** Puts the thing on sale again. */
export async function freeThing(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const ctx = contextOf(trade, 'unreserve')
  await ask(
    'listings.unreserve',
    async () => await env.LISTINGS.unreserve(ctx, { id: trade.listingId, tradeId: trade.id }),
  )
  return 'done'
}

/** Everything is back: a purchase that never came to be has failed, a paid one is cancelled and said to be. */
export async function markUndone(env: TradesEnv, trade: EscrowTrade): Promise<Told> {
  const atMs = nowMs()
  if (trade.state === 'pending') {
    // Its key may be used for another try.
    const failed = nextOf(trade, { state: 'failed', escrow: { intent: null, retryKey: null } }, atMs)
    return (await write(env.DB, failed)) ? 'done' : 'again'
  }
  const cancelled = nextOf(trade, { state: 'cancelled', escrow: { intent: null } }, atMs)
  const about = { actorId: trade.escrow.endedBy, requestId: `trade:${trade.id}`, atMs }
  const event = moneyEvent('trade.cancelled', cancelled, about)
  if (!(await write(env.DB, cancelled, [], [event]))) return 'again'
  await relay(env.DB, env, [event])
  return 'done'
}
