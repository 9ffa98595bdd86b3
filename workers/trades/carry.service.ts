import type { TradeId } from '#contracts/ids'
import type { TradesEnv } from './env.ts'
import { type Duty, dutyOf } from './escrow.rules.ts'
import { type EscrowTrade, readEscrow } from './escrow.store.ts'
import { holdCoupon, holdMoney, markPaid, reserveThing } from './pay.service.ts'
import { complete, prolong, redeemCoupon, sellThing, settleMoney } from './settle.service.ts'
import { freeCoupon, freeMoney, freeThing, markUndone } from './undo.service.ts'

/** What a step came to: it is done, or the row says something else by now and is looked at again. */
export type Told = 'done' | 'again'
/** One step of carrying out what a row says; it may run twice, late, or beside itself, and comes to the same. */
export type Step = (env: TradesEnv, trade: EscrowTrade) => Promise<Told>
/** How a step is run: at once by the tick, kept and retried by the workflow. */
export type Stepper = (name: string, work: () => Promise<Told>) => Promise<Told>

const PLANS: Record<Duty, readonly (readonly [string, Step])[]> = {
  pay: [
    ['reserve', reserveThing],
    ['hold coupon', holdCoupon],
    ['hold money', holdMoney],
    ['paid', markPaid],
  ],
  undo: [
    ['release money', freeMoney],
    ['release coupon', freeCoupon],
    ['unreserve', freeThing],
    ['undone', markUndone],
  ],
  keep: [['prolong', prolong]],
  settle: [
    ['settle', settleMoney],
    ['redeem', redeemCoupon],
    ['sell', sellThing],
    ['completed', complete],
  ],
}

/** A row that changes this often under one carrier is left to the next. */
const LOOKS_MAX = 8

/** Steps a purchase does not need, so that nobody waits for them. */
const isNeeded = (name: string, { escrow }: EscrowTrade): boolean =>
  !/coupon|redeem/.test(name) || escrow.couponId !== null

/**
 * Carries out what the row says until nothing is left to do. Every step asks under ids made of the trade's own, so that cut off
 * anywhere and begun again, by a flow, a tick or both, it ends at the same place. Throws when a neighbour gives no answer.
 */
export async function carryOut(env: TradesEnv, id: TradeId, run: Stepper): Promise<EscrowTrade | null> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const trade = await readEscrow(env.DB, id)
    const duty = trade && dutyOf(trade)
    if (!trade || !duty) return trade
    for (const [name, step] of PLANS[duty].filter(([each]) => isNeeded(each, trade))) {
      if ((await run(name, () => onDuty(env, id, duty, step))) === 'again') break
    }
  }
  return await readEscrow(env.DB, id)
}

/** Runs a step on the row as it stands now, unless that says something else by now. */
async function onDuty(env: TradesEnv, id: TradeId, duty: Duty, step: Step): Promise<Told> {
  const trade = await readEscrow(env.DB, id)
  return trade && dutyOf(trade) === duty ? await step(env, trade) : 'again'
}

/** The tick's way: each step at once. */
export const atOnce: Stepper = (_name, work) => work()

/** Gives everything back once more, for calls that were cut off and landed after the undoing. */
export async function giveBackAgain(env: TradesEnv, trade: EscrowTrade): Promise<void> {
  for (const step of [freeMoney, freeCoupon, freeThing]) await step(env, trade)
}
