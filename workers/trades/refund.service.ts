import type { Result } from '#contracts/errors'
import type { RefundId, TradeId } from '#contracts/ids'
import type { Trade } from '#contracts/trades'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { derivedId, newId } from '#kit/id'
import { relay } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { ownPurchase, viewOf } from './act.service.ts'
import type { Asker, Written } from './asker.ts'
import type { TradesEnv } from './env.ts'
import { refundBy, STUCK_AFTER_MS } from './escrow.rules.ts'
import {
  closeRefund,
  dropRefund,
  type EscrowTrade,
  insertRefund,
  type RefundRow,
  readEscrow,
  readWaitingRefunds,
} from './escrow.store.ts'
import { moneyEvent, nextOf, write } from './escrow-change.service.ts'
import { ask, causeOf, contextOf, Unanswered } from './neighbour.service.ts'

const REFUND_TRIES = 8
const REFUNDS_A_TICK = 50

type Wanted = { amount: number; reason?: string | undefined }

/**
 * The seller gives money back. While it is held, that lessens what will be released; afterwards it leaves the seller's wallet at once.
 * The id comes from the request's key, so that a retry, whatever became of the first, gives back once.
 */
export async function refund(
  env: TradesEnv,
  asker: Asker,
  id: TradeId,
  wanted: Wanted,
  key: string | undefined,
): Promise<Written<Trade>> {
  const refundId =
    key === undefined ? newId('rfd', asker.atMs) : derivedId('rfd', `${id} ${asker.memberId} ${key}`)
  for (let tries = 0; tries < REFUND_TRIES; tries++) {
    const own = await ownPurchase(env, asker, id)
    if (!own.ok) return own
    const { trade, side } = own.value
    if (side !== 'seller') return refuse('FORBIDDEN')
    const given = trade.escrow.refunds.find((each) => each.id === refundId)
    if (given?.done === 1) return await answered(env, asker, trade)
    const way = given ? ok('at once' as const) : refundBy(trade, wanted.amount, asker.atMs)
    if (!way.ok) return way
    const row: RefundRow = {
      ...{ id: refundId, tradeId: id, amount: given?.amount ?? wanted.amount, by: 'seller' },
      ...{ reason: wanted.reason ?? null, done: way.value === 'with release' ? 1 : 0, atMs: asker.atMs },
    }
    const done =
      way.value === 'with release'
        ? await promise(env, asker, trade, row)
        : await giveBack(env, asker, trade, row, given !== undefined)
    if (done !== 'again') return done
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

/** What the row is once the refund is part of it. */
const withRefund = (trade: EscrowTrade, row: RefundRow, atMs: number): EscrowTrade => {
  const next = nextOf(trade, { escrow: { refunded: trade.escrow.refunded + row.amount } }, atMs)
  const others = trade.escrow.refunds.filter(({ id }) => id !== row.id)
  return { ...next, escrow: { ...next.escrow, refunds: [...others, { ...row, done: 1 }] } }
}

const refundedEvent = (trade: EscrowTrade, row: RefundRow, requestId: string, atMs: number) =>
  moneyEvent('trade.refunded', trade, { actorId: trade.sellerId, requestId, atMs }, { refund: row.amount })

/** Notes that so much less will be released: the refund, its fact and the first answer are one batch. */
async function promise(
  env: TradesEnv,
  asker: Asker,
  trade: EscrowTrade,
  row: RefundRow,
): Promise<Written<Trade> | 'again'> {
  const next = withRefund(trade, row, asker.atMs)
  const shown = await viewOf(env, asker, next, 'seller')
  if (!shown.ok) return shown
  const event = refundedEvent(next, row, asker.requestId, asker.atMs)
  const also = [insertRefund(env.DB, row), ...asker.completion(200, shown.value)]
  const isWritten = await write(env.DB, next, also, [event])
  return isWritten ? ok({ value: shown.value, events: [event], old: [] }) : 'again'
}

/** Gives money back after the trade: noted, moved by payments under the refund's id, then noted as done. */
async function giveBack(
  env: TradesEnv,
  asker: Asker,
  trade: EscrowTrade,
  row: RefundRow,
  isNoted: boolean,
): Promise<Written<Trade> | 'again'> {
  if (!isNoted) {
    const noted = await runBatch(env.DB, [insertRefund(env.DB, row)])
    if (noted.kind === 'aborted')
      return noted.constraint === 'REFUND_TOO_MUCH' ? refuse('REFUND_TOO_MUCH') : 'again'
  }
  try {
    const moved = await move(env, trade, row)
    if (!moved.ok) return moved
  } catch (error) {
    if (error instanceof Unanswered) return refuse('UNAVAILABLE', { retryAfterSeconds: 2 })
    throw error
  }
  const after = await readEscrow(env.DB, trade.id)
  return after ? await answered(env, asker, after) : 'again'
}

/** Moves a noted refund's money and writes that down; a refusal takes the note away again. Run twice it moves once. */
async function move(env: TradesEnv, trade: EscrowTrade, row: RefundRow): Promise<Result<null>> {
  const moved = await ask(
    'payments.refund',
    async () =>
      await env.PAYMENTS.refund(contextOf(trade, `refund ${row.id}`), {
        ...{ refundId: row.id, cause: causeOf(trade), from: trade.sellerId, to: trade.buyerId },
        ...{ amount: row.amount, memo: trade.title },
      }),
  )
  if (!moved.ok) {
    await dropRefund(env.DB, row.id).run()
    return moved
  }
  for (let tries = 0; tries < REFUND_TRIES; tries++) {
    const now = await readEscrow(env.DB, trade.id)
    if (!now || isDone(now, row.id)) return ok(null)
    const next = withRefund(now, row, nowMs())
    const event = refundedEvent(next, row, `trade:${trade.id}`, nowMs())
    if (await write(env.DB, next, closeRefund(env.DB, row.id), [event])) {
      await relay(env.DB, env, [event])
      return ok(null)
    }
  }
  throw new Unanswered('the trade kept changing')
}

const isDone = ({ escrow }: EscrowTrade, id: RefundId): boolean =>
  escrow.refunds.some((each) => each.id === id && each.done === 1)

async function answered(env: TradesEnv, asker: Asker, trade: EscrowTrade): Promise<Written<Trade>> {
  const shown = await viewOf(env, asker, trade, 'seller')
  return shown.ok ? ok({ value: shown.value, events: [], old: [] }) : shown
}

/** The tick's share: refunds whose request died before payments' answer was written down. */
export async function finishRefunds(env: TradesEnv, atMs: number): Promise<number> {
  let finished = 0
  for (const { id, tradeId } of await readWaitingRefunds(env.DB, atMs - STUCK_AFTER_MS, REFUNDS_A_TICK)) {
    const trade = await readEscrow(env.DB, tradeId)
    const noted = trade?.escrow.refunds.find((each) => each.id === id)
    if (!trade || !noted) continue
    const row: RefundRow = { ...noted, tradeId, done: 0 }
    const moved = await move(env, trade, row).catch(() => null)
    if (moved !== null) finished += 1
  }
  return finished
}
