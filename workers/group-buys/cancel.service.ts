import type { ErrorCode } from '#contracts/errors'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut, relay } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import type { GroupBuysEnv } from './env.ts'
import { stageFact } from './fact.ts'
import { nudge } from './flow.service.ts'
import { isOpen, planOfRow } from './group-buy.rules.ts'
import { CHANGE_TRIES, changeGroupBuy, readClaims, readGroupBuy } from './group-buy.store.ts'
import type { GroupBuyRow } from './row.ts'
import { toldIn } from './snapshot.store.ts'

type By = { actorId: MemberId | null; requestId: string; failure: ErrorCode | null }

/** The host calls it off; every member's money goes back. Asked again it answers the same. */
export async function callOff(env: GroupBuysEnv, asker: Asker, id: GroupBuyId): Promise<Written<null>> {
  const row = await readGroupBuy(env.DB, id)
  if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
  return await end(env, id, { actorId: asker.memberId, requestId: asker.requestId, failure: null })
}

/**
 * Ends a group buy without a settlement. While it recruits its claims object decides, since the deadline may be there first; later its row
 * does. The money is given back by its flow, which is told here, or by the tick.
 */
export async function end(env: GroupBuysEnv, id: GroupBuyId, by: By): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row) return refuse('NOT_FOUND')
    if (row.state === 'cancelled') return ok({ value: null, events: [] })
    if (row.state === 'failed') return refuse('GROUP_BUY_CLOSED')
    if (!isOpen(row)) return refuse('GROUP_BUY_STATE')
    if (row.state === 'recruiting') {
      const claims = env.SLOT_CLAIMS.getByName(id)
      const cancelled = await claims.cancel(planOfRow(row))
      await claims.flushed()
      if (!cancelled.ok) return cancelled
    } else if (await cancelRow(env, row, by)) {
      await nudge(env, id)
      return ok({ value: null, events: [] })
    }
  }
  return refuse('CONFLICT')
}

async function cancelRow(env: GroupBuysEnv, row: GroupBuyRow, by: By): Promise<boolean> {
  const atMs = nowMs()
  const memberIds = (await readClaims(env.DB, row.id)).map(({ memberId }) => memberId)
  const event = stageFact('group_buy.cancelled', row, { memberIds, ...by, atMs }, {})
  const outcome = await runBatch(env.DB, [
    ...changeGroupBuy(env.DB, row, { state: 'cancelled', failure: by.failure, dueAtMs: atMs }, atMs),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'aborted') return false
  await relay(env.DB, env, [event, ...toldIn(outcome.results)])
  return true
}
