import type { Result } from '#contracts/errors'
import type { TradeId } from '#contracts/ids'
import type { Trade } from '#contracts/trades'
import { ok, refuse } from '#kit/result'
import { type Asker, callFor, type Written } from './asker.ts'
import { madeOldBy } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { countTry, type End, type Escrowed, endBy, mayDispute } from './escrow.rules.ts'
import { type EscrowTrade, readEscrow, rowOf } from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { facesOf } from './face.service.ts'
import { tellFlow, untilCarriedOut } from './flow.service.ts'
import { memberOfSide, otherSide, type Side, sideOf } from './trade.rules.ts'
import { reviewsOf, tradeOf } from './trade.view.rules.ts'

/** Others act on the same row at the same moment: it is looked at again, so often. */
const ACT_TRIES = 12

/** One side's purchase, as it stands. To anyone else, and where no wallet paid, it is not there. */
export async function ownPurchase(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
): Promise<Result<{ trade: EscrowTrade; side: Side }>> {
  const trade = await readEscrow(env.DB, id)
  const side = trade && sideOf(trade, asker.memberId)
  const isHidden = trade?.state === 'failed' && side === 'seller'
  return trade && side && !isHidden ? ok({ trade, side }) : refuse('NOT_FOUND')
}

/** Ends a purchase by a side's word. Of all that come at once the first written wins, and the flow does the rest. */
export async function endPurchase(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
  end: 'confirmed' | 'cancelled',
): Promise<Written<Trade>> {
  for (let tries = 0; tries < ACT_TRIES; tries++) {
    const own = await ownPurchase(env, asker, id)
    if (!own.ok) return own
    const { trade, side } = own.value
    const allowed = endBy(trade, end, side)
    if (!allowed.ok) return allowed
    if (allowed.value === 'again' || (await decide(env, asker, trade, end)))
      return await carriedOut(env, asker, trade, side)
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const INTENT_OF: Record<End, 'release' | 'undo'> = {
  confirmed: 'release',
  code: 'release',
  silence: 'release',
  decided: 'release',
  cancelled: 'undo',
}

const decide = (env: TradesEnv, asker: Asker, trade: EscrowTrade, end: End): Promise<boolean> => {
  const escrow: Partial<Escrowed> = { intent: INTENT_OF[end], ended: end, endedBy: asker.memberId }
  return write(env.DB, nextOf(trade, { escrow }, asker.atMs))
}

/**
 * The thing goes over and the money with it: the seller enters what the buyer shows. A wrong code is counted before it is answered, each
 * over the version it saw, so that a hundred guesses at once are a hundred tries.
 */
export async function handOver(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
  code: string,
): Promise<Written<Trade>> {
  for (let tries = 0; tries < ACT_TRIES; tries++) {
    const own = await ownPurchase(env, asker, id)
    if (!own.ok) return own
    const { trade, side } = own.value
    const allowed = endBy(trade, 'code', side)
    if (!allowed.ok) return allowed
    const counted = countTry(trade.escrow, asker.atMs)
    if (!counted.ok) return counted
    if (trade.escrow.handoverCode !== code) {
      if (await write(env.DB, nextOf(trade, { escrow: counted.value }, asker.atMs)))
        return refuse('HANDOVER_CODE_WRONG')
    } else if (allowed.value === 'again' || (await decide(env, asker, trade, 'code'))) {
      return await carriedOut(env, asker, trade, side)
    }
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** Says that something is wrong: nothing goes to anyone by itself any more. The fact and the first answer stand in the same batch. */
export async function dispute(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
  said: Pick<NonNullable<Escrowed['dispute']>, 'reason' | 'text'>,
): Promise<Written<Trade>> {
  for (let tries = 0; tries < ACT_TRIES; tries++) {
    const own = await ownPurchase(env, asker, id)
    if (!own.ok) return own
    const { trade, side } = own.value
    const allowed = mayDispute(trade)
    if (!allowed.ok) return allowed
    const opened = { openedBy: side, ...said, openedAtMs: asker.atMs, decision: null }
    const to = { state: 'disputed', escrow: { intent: 'keep', dispute: opened } } as const
    const disputed = nextOf(trade, to, asker.atMs)
    const shown = await viewOf(env, asker, disputed, side)
    if (!shown.ok) return shown
    const about = { actorId: asker.memberId, requestId: asker.requestId, atMs: asker.atMs }
    const event = moneyEvent('trade.disputed', disputed, about, { reason: said.reason })
    if (await write(env.DB, disputed, asker.completion(200, shown.value), [event])) {
      await tellFlow(env, id)
      return ok({ value: shown.value, events: [event], old: [] })
    }
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** Has what was decided carried out, and answers how it stands then; what takes longer is gone on with after the answer. */
async function carriedOut(
  env: TradesEnv,
  asker: Asker,
  trade: EscrowTrade,
  side: Side,
): Promise<Written<Trade>> {
  await tellFlow(env, trade.id)
  const after = (await untilCarriedOut(env, trade.id)) ?? trade
  const shown = await viewOf(env, asker, after, side)
  return shown.ok ? ok({ value: shown.value, events: [], old: madeOldBy(rowOf(after)) }) : shown
}

/** A purchase as one side sees it. */
export async function viewOf(
  env: TradesEnv,
  asker: Asker,
  trade: EscrowTrade,
  side: Side,
): Promise<Result<Trade>> {
  const wrote = reviewsOf(trade).some(({ role }) => role === side)
  const peer = memberOfSide(trade, otherSide(side))
  const faces = await facesOf(env, asker.requestId, wrote ? [peer, asker.memberId] : [peer])
  return faces.ok ? ok(tradeOf(rowOf(trade), side, faces.value, asker.atMs)) : faces
}

/** The context of a call about a purchase that a side asked for. */
export const askedBy = (asker: Asker, trade: EscrowTrade, step: string) =>
  callFor(asker, `${trade.id}:${step}`)
