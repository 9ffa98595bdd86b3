import type { TradeId } from '#contracts/ids'
import { relay } from '#kit/outbox'
import type { TradesEnv } from './env.ts'
import { isNoticeDue, isSilent } from './escrow.rules.ts'
import { readEscrow } from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'

/**
 * Lets the money go to the seller when its time has come and nobody said anything; before it, and after any other end, it does
 * nothing. True when it was this call that ended it.
 */
export async function endInSilence(env: TradesEnv, id: TradeId, atMs: number): Promise<boolean> {
  const trade = await readEscrow(env.DB, id)
  if (!trade || !isSilent(trade, atMs)) return false
  return await write(env.DB, nextOf(trade, { escrow: { intent: 'release', ended: 'silence' } }, atMs))
}

/** Tells the buyer once that the money is about to go. */
export async function noticeRelease(env: TradesEnv, id: TradeId, atMs: number): Promise<boolean> {
  const trade = await readEscrow(env.DB, id)
  if (!trade || !isNoticeDue(trade, atMs) || isSilent(trade, atMs)) return false
  const noticed = nextOf(trade, { escrow: { noticed: 1 } }, atMs)
  const about = { actorId: null, requestId: `trade:${id}`, atMs }
  const event = moneyEvent('trade.release_due', noticed, about, { releaseAtMs: trade.escrow.releaseAtMs })
  if (!(await write(env.DB, noticed, [], [event]))) return false
  await relay(env.DB, env, [event])
  return true
}
