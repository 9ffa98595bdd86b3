import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { TransferId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { TRANSFER_MAX, TRANSFERRED_A_DAY_MAX, type Transfer, type TransferOrder } from '#contracts/payments'
import { toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { faceOf } from '#kit/faces'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import type { Asker } from './charge.asker.ts'
import type { PaymentsEnv } from './env.ts'
import { membersOf } from './face.service.ts'
import { accountOf, limitStatements, refusalOf, transferStatements } from './ledger.store.ts'
import { requirePin } from './pin.service.ts'

export type Sent = { transfer: Transfer; events: MadangEvent[] }

/**
 * Money to another member. Limits, movement, fact and first answer stand in one batch: whatever of it is refused, nothing moved.
 * Run again under its key it answers the same; the tick tells the recipient when the process dies before it did.
 */
export async function transfer(env: PaymentsEnv, asker: Asker, order: TransferOrder): Promise<Result<Sent>> {
  if (order.toMemberId === asker.memberId) return refuse('TRANSFER_TO_SELF')
  if (order.amount > TRANSFER_MAX) return refuse('AMOUNT_LIMIT_REACHED')
  const recipient = await recipientOf(env, asker, order)
  if (!recipient.ok) return recipient
  const admitted = await requirePin(env, asker.memberId, order.pin)
  if (!admitted.ok) return admitted
  const sent = sentBy(asker, order, recipient.value)
  const outcome = await runBatch(env.DB, statementsOf(env, asker, sent))
  if (outcome.kind === 'done') return ok(sent)
  const refusal = refusalOf(outcome)
  if (refusal) return { ok: false, refusal }
  // Another request under the same key took over.
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

async function recipientOf(
  env: PaymentsEnv,
  { requestId }: Asker,
  { toMemberId, expectedNickname }: TransferOrder,
): Promise<Result<Seller>> {
  const asked = await membersOf(env, requestId, [toMemberId])
  if (!asked.ok) return asked
  const [member] = asked.value
  if (!member || member.withdrawn) return refuse('NOT_FOUND')
  if (expectedNickname !== undefined && expectedNickname !== member.nickname)
    return refuse('RECIPIENT_CHANGED')
  return ok(faceOf(member))
}

function sentBy({ memberId, requestId, atMs }: Asker, order: TransferOrder, to: Seller): Sent {
  const id: TransferId = newId('xfr', atMs)
  const memo = order.memo ?? null
  const { amount } = order
  const data = { transferId: id, fromId: memberId, toId: to.id, amount, memo }
  const fact = { aggregateId: id, version: 1, actorId: memberId, requestId }
  return {
    transfer: { id, amount, currency: 'KRW', to, memo, at: toIso(atMs) },
    events: [eventOf({ type: 'wallet.transferred', ...fact, data }, atMs)],
  }
}

function statementsOf(
  env: PaymentsEnv,
  { memberId, completion, atMs }: Asker,
  { transfer: sent, events }: Sent,
): D1PreparedStatement[] {
  const { id, amount, memo } = sent
  const counted = { memberId, kind: 'transfer', amount, most: TRANSFERRED_A_DAY_MAX, atMs } as const
  const [from, to] = [accountOf(memberId), accountOf(sent.to.id)]
  const cause = { kind: 'transfer', id } as const
  return [
    ...limitStatements(env.DB, counted),
    ...transferStatements(env.DB, { id, from, to, amount, cause, memo, url: null, atMs }),
    ...events.map((event) => outboxPut(env.DB, event)),
    ...completion(201, sent),
  ]
}
