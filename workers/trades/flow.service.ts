import type { TradeId } from '#contracts/ids'
import { PURCHASE_ANSWER_MS } from '#contracts/trades'
import { nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { TradesEnv } from './env.ts'
import { dutyOf } from './escrow.rules.ts'
import { type EscrowTrade, readEscrow } from './escrow.store.ts'

/** What a flow waits for: somebody has written into its row what is to be done. */
export const WORD = 'word'
const FIRST_LOOK_AFTER_MS = 8
const LOOK_AT_LEAST_EVERY_MS = 150
const SLOWER_EACH_LOOK = 1.4

/** Starts the flow of a purchase. When it does not start, or is there already, the tick carries out what the row says. */
export async function startFlow(env: TradesEnv, id: TradeId): Promise<void> {
  try {
    await env.TRADE_FLOW.create({ id, params: { tradeId: id } })
  } catch (error) {
    log('warn', 'flow not started, left to the tick', { tradeId: id, ...describeError(error) })
  }
}

const OVER: ReadonlySet<InstanceStatus['status']> = new Set(['errored', 'terminated', 'complete'])

/**
 * Tells the flow that its row has something to do; one that is missing is started, one that lay down begins again. Told twice it
 * looks twice; what does not reach it the tick carries out.
 */
export async function tellFlow(env: TradesEnv, id: TradeId): Promise<void> {
  try {
    const flow = await env.TRADE_FLOW.get(id)
    const { status } = await flow.status()
    if (OVER.has(status)) await flow.restart()
    else await flow.sendEvent({ type: WORD, payload: null })
  } catch {
    await startFlow(env, id)
  }
}

/** The row once nothing is left to be carried out, or as it stands when the caller has waited long enough. */
export async function untilCarriedOut(env: TradesEnv, id: TradeId): Promise<EscrowTrade | null> {
  const untilMs = nowMs() + PURCHASE_ANSWER_MS
  let pauseMs = FIRST_LOOK_AFTER_MS
  for (;;) {
    const trade = await readEscrow(env.DB, id)
    if (!trade || dutyOf(trade) === null || nowMs() >= untilMs) return trade
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    pauseMs = Math.min(pauseMs * SLOWER_EACH_LOOK, LOOK_AT_LEAST_EVERY_MS)
  }
}
