import { createHash } from 'node:crypto'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Cause, Hold } from '#contracts/payments'
import { runBatch } from '#kit/d1'
import { derivedId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'
import { viewOf } from './hold.service.ts'
import { type HoldRow, readHolds } from './hold.store.ts'
import {
  accountOf,
  platformAccount,
  postNothing,
  refusalOf,
  takeHoldStatements,
  transferStatements,
} from './ledger.store.ts'
import { balances, inWords, type SettlementOrder } from './settlement.rules.ts'
import { insertSettlement, readMoved, readSettlement } from './settlement.store.ts'

const ESCROW = platformAccount('escrow')
/** Two of the same settlement at once: the loser finds it done when it looks again. */
const LOOKS = 3

/**
 * Takes from holds and gives on, in one batch through the escrow account, which is empty before and after. Run again it answers what
 * the first run came to; run late it is refused for holds whose time is over; run not at all the holds free themselves.
 */
export async function settle(
  env: PaymentsEnv,
  order: SettlementOrder,
  atMs: number,
): Promise<Result<Hold[]>> {
  if (!balances(order)) return refuse('VALIDATION_FAILED')
  const digest = createHash('sha256').update(inWords(order)).digest('base64url')
  const holdIds = order.takes.map(({ holdId }) => holdId)
  for (let look = 0; look < LOOKS; look++) {
    const known = await readSettlement(env.DB, order.settlementId)
    if (known !== null && known !== digest) return refuse('CONFLICT')
    const holds = await readHolds(env.DB, holdIds)
    if (known !== null) return ok(holds.map(viewOf))
    if (holds.length < holdIds.length) return refuse('NOT_FOUND')
    if (holds.some((hold) => amountTaken(order, hold) > hold.amount)) return refuse('VALIDATION_FAILED')
    const outcome = await runBatch(env.DB, statementsOf(env.DB, order, holds, { digest, atMs }))
    if (outcome.kind === 'done') return ok((await readHolds(env.DB, holdIds)).map(viewOf))
    const refusal = refusalOf(outcome)
    if (refusal) return { ok: false, refusal }
    if (outcome.constraint !== 'settlements.id')
      throw new Error(`settlement refused by ${outcome.constraint}`)
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const amountTaken = ({ takes }: SettlementOrder, hold: HoldRow): number =>
  takes.find(({ holdId }) => holdId === hold.id)?.amount ?? 0

/** Ids of the transfers are made from the settlement's, so that not even two different batches could book it twice. */
function statementsOf(
  db: D1Database,
  order: SettlementOrder,
  holds: HoldRow[],
  { digest, atMs }: { digest: string; atMs: number },
): D1PreparedStatement[] {
  const { settlementId, cause, memo } = order
  const shared = { cause, memo, url: holds[0]?.url ?? null, atMs }
  const takes = holds.flatMap((hold) => {
    const amount = amountTaken(order, hold)
    if (amount === 0) return postNothing(db, hold.id, atMs)
    const id = derivedId('xfr', `${settlementId}:take:${hold.id}`)
    const transfer = { id, from: hold.accountId, to: ESCROW, amount, behind: hold.payeeId, ...shared }
    return takeHoldStatements(db, { holdId: hold.id, transfer })
  })
  const payer = holds.find((hold) => hold.payer !== 'promotion')?.payer
  const gives = order.gives.flatMap(({ to, amount }, index) => {
    if (amount === 0) return []
    const payee = to === 'fees' || to === 'promotion' ? platformAccount(to) : accountOf(to)
    const id = derivedId('xfr', `${settlementId}:give:${index}`)
    const behind = payer === 'promotion' || payer === to ? null : (payer ?? null)
    return transferStatements(db, { id, from: ESCROW, to: payee, amount, behind, ...shared })
  })
  return [insertSettlement(db, { id: settlementId, digest, atMs }), ...takes, ...gives]
}

export type RefundOrder = {
  refundId: string
  cause: Cause
  from: MemberId
  to: MemberId
  amount: number
  memo: string
}

/** Money back from what the payee can spend. The id of its transfer is made from the refund's: run again it moves nothing. */
export async function refund(env: PaymentsEnv, order: RefundOrder, atMs: number): Promise<Result<null>> {
  const id = derivedId('xfr', `refund:${order.refundId}`)
  const [from, to] = [accountOf(order.from), accountOf(order.to)]
  const { cause, amount, memo } = order
  const outcome = await runBatch(
    env.DB,
    transferStatements(env.DB, { id, from, to, amount, cause, memo, url: null, atMs }),
  )
  if (outcome.kind === 'done') return ok(null)
  const moved = outcome.constraint === 'TRANSFER_KNOWN' ? await readMoved(env.DB, id) : null
  if (moved) {
    const isSame = moved.debit === from && moved.credit === to && moved.amount === amount
    return isSame ? ok(null) : refuse('CONFLICT')
  }
  const refusal = refusalOf(outcome)
  if (!refusal) throw new Error(`refund refused by ${outcome.constraint}`)
  return { ok: false, refusal }
}
