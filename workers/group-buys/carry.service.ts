import type { GroupBuyId } from '#contracts/ids'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut, relay } from '#kit/outbox'
import { end } from './cancel.service.ts'
import type { GroupBuysEnv } from './env.ts'
import { stageFact } from './fact.ts'
import {
  type HostStep,
  hostReminderDue,
  hostStepOf,
  nextLookMs,
  nextStepLookMs,
  planOfRow,
  reminderDue,
} from './group-buy.rules.ts'
import { changeGroupBuy, lookAgain, readClaims, readGroupBuy } from './group-buy.store.ts'
import { holdsOf, prolongAll, releaseAll, settleShare } from './money.service.ts'
import type { GroupBuyRow } from './row.ts'
import { tally } from './settlement.rules.ts'
import { putTaken, readShares } from './share.store.ts'
import { toldIn } from './snapshot.store.ts'

/** Members settled in one look. */
const SETTLED_A_LOOK = 20
/** While the host buys and waits for the parcel, the money's time is lengthened so often. */
const PROLONGED_EVERY_MS = 7 * DAY_MS
/** Calls that were cut off when it ended have landed by then: what they held is given back, too. */
const RELEASED_AGAIN_AFTER_MS = 2 * MINUTE_MS

type Look = (env: GroupBuysEnv, row: GroupBuyRow, atMs: number) => Promise<void>

/**
 * Does what a row is due for, as it stands now, and answers when it is due next; null when nothing will happen by itself. Cut off anywhere
 * and run again, by a flow, a tick or both, it comes to the same. Throws when a neighbour gives no answer.
 */
export async function takeUp(env: GroupBuysEnv, id: GroupBuyId, atMs: number): Promise<number | null> {
  const row = await readGroupBuy(env.DB, id)
  if (!row || row.dueAtMs === null || row.dueAtMs > atMs) return row?.dueAtMs ?? null
  const reminder = hostReminderDue(row, atMs)
  if (reminder) await remindHost(env, row, reminder, atMs)
  else await LOOKS[row.state](env, row, atMs)
  return (await readGroupBuy(env.DB, id))?.dueAtMs ?? null
}

/** Reminds of the deadline; once that is overdue, asks the object, whose alarm may have been lost. */
const lookAtRecruiting: Look = async (env, row, atMs) => {
  if (atMs >= row.deadlineMs) {
    const claims = env.SLOT_CLAIMS.getByName(row.id)
    await claims.plan(planOfRow(row))
    await claims.flushed()
    const now = await readGroupBuy(env.DB, row.id)
    if (now?.state === 'recruiting') await lookAgain(env.DB, now, nextLookMs(now, atMs)).run()
    return
  }
  const hours = reminderDue(row, atMs)
  const dueAtMs = nextLookMs(row, atMs)
  if (hours === null) return void (await lookAgain(env.DB, row, dueAtMs).run())
  const memberIds = await membersOf(env, row)
  const remainingUnits = row.totalUnits - row.filledUnits
  const about = { memberIds, actorId: null, requestId: `closing:${row.id}`, atMs }
  const event = stageFact('group_buy.closing', row, about, { hours, remainingUnits })
  // Somebody joined in between: the row is due still, and is looked at again.
  const outcome = await runBatch(env.DB, [
    ...changeGroupBuy(env.DB, row, { remindedHours: hours, dueAtMs }, atMs),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'done') await relay(env.DB, env, [event])
}

const membersOf = async (env: GroupBuysEnv, row: GroupBuyRow) =>
  (await readClaims(env.DB, row.id)).map(({ memberId }) => memberId)

/** Tells the host that a day is left for their step. The row stays due: what else there is to do is looked at next. */
async function remindHost(
  env: GroupBuysEnv,
  row: GroupBuyRow,
  { step, endsMs }: HostStep,
  atMs: number,
): Promise<void> {
  const memberIds = await membersOf(env, row)
  const about = { memberIds, actorId: null, requestId: `${step}:${row.id}`, atMs }
  const event = stageFact('group_buy.host_due', row, about, { step, untilMs: endsMs })
  const outcome = await runBatch(env.DB, [
    ...changeGroupBuy(env.DB, row, { remindedStageMs: endsMs }, atMs),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'done') await relay(env.DB, env, [event])
}

/** A host who does not go on in time gives everybody their money back. */
const endOverdue = async (env: GroupBuysEnv, { id }: GroupBuyRow): Promise<void> =>
  void (await end(env, id, { actorId: null, requestId: `overdue:${id}`, failure: 'GROUP_BUY_OVERDUE' }))

const lookAtFilled: Look = async (env, row, atMs) => {
  const endsMs = hostStepOf(row)?.endsMs ?? atMs
  if (atMs >= endsMs) return await endOverdue(env, row)
  await lookAgain(env.DB, row, nextStepLookMs(endsMs, atMs)).run()
}

const isVoting = ({ voteClosesAtMs, voteAgreed }: GroupBuyRow): boolean =>
  voteClosesAtMs !== null && voteAgreed === null

/** Closes a vote whose time is over, and holds the money on while the host waits for the parcel, as long as they may. */
const lookAtPurchasing: Look = async (env, row, atMs) => {
  const endsMs = hostStepOf(row)?.endsMs ?? atMs
  if (atMs >= endsMs) return await endOverdue(env, row)
  if (isVoting(row) && atMs >= (row.voteClosesAtMs ?? 0)) {
    const { isAgreed } = tally(await readShares(env.DB, row.id))
    if (!isAgreed) {
      await end(env, row.id, { actorId: null, requestId: `vote:${row.id}`, failure: 'VOTE_CLOSED' })
      return
    }
    const dueAtMs = nextStepLookMs(endsMs, atMs, atMs + PROLONGED_EVERY_MS)
    await runBatch(env.DB, changeGroupBuy(env.DB, row, { voteAgreed: 1, dueAtMs }, atMs))
    return
  }
  const otherMs = isVoting(row) ? (row.voteClosesAtMs ?? atMs) : atMs + PROLONGED_EVERY_MS
  const nextMs = nextStepLookMs(endsMs, atMs, otherMs)
  await prolongAll(env, row, nextMs)
  await lookAgain(env.DB, row, nextMs).run()
}

/** Members who never came are settled with the others once the time is over. */
const lookAtArrived: Look = async (env, row, atMs) => {
  if (row.settlingAtMs !== null) return await settle(env, row, atMs)
  const endsMs = hostStepOf(row)?.endsMs ?? atMs
  if (atMs < endsMs) return void (await lookAgain(env.DB, row, nextStepLookMs(endsMs, atMs)).run())
  const change = { state: 'handing_over', settlingAtMs: atMs, dueAtMs: atMs } as const
  await runBatch(env.DB, changeGroupBuy(env.DB, row, change, atMs))
}

/** Pays the host from the members' holds, some members a look; the last look tells of it. */
async function settle(env: GroupBuysEnv, row: GroupBuyRow, atMs: number): Promise<void> {
  const shares = await readShares(env.DB, row.id)
  const open = shares.filter(({ taken }) => taken === null)
  if (open.length > 0) {
    const holds = await holdsOf(env, row.id)
    for (const share of open.slice(0, SETTLED_A_LOOK)) {
      const taken = await settleShare(env, row, share, holds)
      await putTaken(env.DB, row.id, share.memberId, taken).run()
    }
    return
  }
  await releaseAll(env, row.id)
  const about = {
    memberIds: shares.map(({ memberId }) => memberId),
    ...{ actorId: null, requestId: `settled:${row.id}`, atMs },
  }
  const total = (row.goods ?? 0) + (row.shipping ?? 0)
  const event = stageFact('group_buy.settled', row, about, { total })
  const outcome = await runBatch(env.DB, [
    ...changeGroupBuy(env.DB, row, { state: 'settled', dueAtMs: null }, atMs),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'done') await relay(env.DB, env, [event, ...toldIn(outcome.results)])
}

/** Everybody's money goes back; and once more a while later, for calls that were under way. */
const lookAtEnded: Look = async (env, row, atMs) => {
  await releaseAll(env, row.id)
  const againMs = row.updatedAtMs + RELEASED_AGAIN_AFTER_MS
  await lookAgain(env.DB, row, atMs < againMs ? againMs : null).run()
}

const nothing: Look = async (env, row) => void (await lookAgain(env.DB, row, null).run())

const LOOKS: Record<GroupBuyRow['state'], Look> = {
  recruiting: lookAtRecruiting,
  filled: lookAtFilled,
  purchasing: lookAtPurchasing,
  arrived: lookAtArrived,
  handing_over: lookAtArrived,
  settled: nothing,
  failed: lookAtEnded,
  cancelled: lookAtEnded,
}
