import { describeError, log } from '#kit/log'
import type { EdgeEnv } from './env.ts'

/**
 * The minute tick: every domain sweeps its outbox and expiries. One that fails does not keep the others from theirs, and
 * is asked again in a minute; two ticks at once only do the same work twice.
 */
export async function tickAll(
  env: EdgeEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<void> {
  const domains = {
    identity: env.IDENTITY_RPC,
    listings: env.LISTINGS_RPC,
    media: env.MEDIA_RPC,
    search: env.SEARCH_RPC,
    chat: env.CHAT_RPC,
    notifications: env.NOTIFICATIONS_RPC,
    trades: env.TRADES_RPC,
    payments: env.PAYMENTS_RPC,
    coupons: env.COUPONS_RPC,
    'group-buys': env.GROUP_BUYS_RPC,
    moderation: env.MODERATION_RPC,
  }
  await Promise.all(
    Object.entries(domains).map(async ([domain, rpc]) => {
      try {
        await rpc.tick(now)
      } catch (error) {
        log('error', 'tick failed', { domain, ...describeError(error) })
      }
    }),
  )
}
