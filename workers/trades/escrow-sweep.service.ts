import type { TradeId } from '#contracts/ids'
import { MINUTE_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { atOnce, carryOut, giveBackAgain } from './carry.service.ts'
import type { TradesEnv } from './env.ts'
import { dutyOf } from './escrow.rules.ts'
import { postpone, readDue, readEscrow } from './escrow.store.ts'
import { nextOf, write } from './escrow-change.service.ts'
import { tellFlow } from './flow.service.ts'
import { endInSilence, noticeRelease } from './silence.service.ts'

const DUE_A_TICK = 100
/** What a neighbour gave no answer for waits so long, and lets others have their turn. */
const AGAIN_AFTER_MS = MINUTE_MS / 2

/**
 * The tick's share of purchases: tells of releases that are near, lets go what nobody spoke of, holds on to disputes, and carries out
 * what a flow that died, or was never told, has left. Running twice, late or beside a flow comes to the same.
 */
export async function sweepPurchases(env: TradesEnv, atMs: number): Promise<number> {
  let moved = 0
  for (const id of await readDue(env.DB, atMs, DUE_A_TICK)) {
    try {
      if (await takeUp(env, id, atMs)) moved += 1
    } catch (error) {
      log('warn', 'purchase left to a later tick', { tradeId: id, ...describeError(error) })
      await postpone(env.DB, id, atMs + AGAIN_AFTER_MS).run()
    }
  }
  return moved
}

async function takeUp(env: TradesEnv, id: TradeId, atMs: number): Promise<boolean> {
  const trade = await readEscrow(env.DB, id)
  if (!trade) return false
  if (trade.state === 'failed' || trade.state === 'cancelled') {
    await giveBackAgain(env, trade)
    await postpone(env.DB, id, null).run()
    return true
  }
  const isKept = trade.state === 'disputed' && trade.escrow.intent === null
  if (isKept) await write(env.DB, nextOf(trade, { escrow: { intent: 'keep' } }, atMs))
  const hasSpoken = (await endInSilence(env, id, atMs)) || (await noticeRelease(env, id, atMs))
  const now = await readEscrow(env.DB, id)
  // What the audit has frozen is past its time and still not to be let go.
  if (now?.escrow.frozenAtMs && !hasSpoken && dutyOf(now) === null)
    await postpone(env.DB, id, atMs + AGAIN_AFTER_MS).run()
  if (!now || dutyOf(now) === null) return hasSpoken
  const after = await carryOut(env, id, atOnce)
  // Its flow finds that nothing is left for it, or goes on waiting.
  if (after) await tellFlow(env, id)
  return true
}
