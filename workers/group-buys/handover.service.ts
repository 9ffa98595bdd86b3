import { HAND_OVER_WITHIN_MS } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import { HOUR_MS, nowMs, SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { pickupOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { stageFact } from './fact.ts'
import { nudge } from './flow.service.ts'
import { nextStepLookMs } from './group-buy.rules.ts'
import { CHANGE_TRIES, changeGroupBuy, readGroupBuy } from './group-buy.store.ts'
import type { GroupBuyRow } from './row.ts'
import { putCheckIn, putCodes, readShares } from './share.store.ts'
import { toldIn } from './snapshot.store.ts'

const CODES = 10_000
/** Wrong codes in an hour before the host has to wait for the next: nobody gets through ten thousand. */
const TRIES_AN_HOUR = 20
/** A settling is waited for so long; then the host sees it under way. */
const SETTLED_WITHIN_MS = 4 * SECOND_MS
const LOOK_EVERY_MS = 100

/** It is there: members get their codes and come. Said twice it is said once. */
export async function arrive(env: GroupBuysEnv, asker: Asker, id: GroupBuyId): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
    if (row.state === 'arrived' || row.state === 'handing_over') return ok({ value: null, events: [] })
    const isVoting = row.voteClosesAtMs !== null && row.voteAgreed === null
    if (row.state !== 'purchasing' || isVoting) return refuse('GROUP_BUY_STATE')
    const atMs = nowMs()
    const memberIds = (await readShares(env.DB, id)).map(({ memberId }) => memberId)
    const about = { memberIds, actorId: asker.memberId, requestId: asker.requestId, atMs }
    const event = stageFact('group_buy.arrived', row, about, { place: pickupOf(row).place })
    const stageEndsMs = atMs + HAND_OVER_WITHIN_MS
    const dueAtMs = nextStepLookMs(stageEndsMs, atMs)
    const change = { state: 'arrived', stageEndsMs, dueAtMs } as const
    const outcome = await runBatch(env.DB, [
      ...changeGroupBuy(env.DB, row, change, atMs),
      putCodes(env.DB, id, drawCodes(memberIds)),
      outboxPut(env.DB, event),
    ])
    if (outcome.kind === 'done') return ok({ value: null, events: [event, ...toldIn(outcome.results)] })
  }
  return refuse('CONFLICT')
}

/** Four digits for each that nobody can foresee, no two alike. */
function drawCodes(memberIds: readonly MemberId[]): { memberId: MemberId; code: string }[] {
  const drawn = new Set<string>()
  while (drawn.size < memberIds.length) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
    drawn.add(String(number % CODES).padStart(4, '0'))
  }
  const codes = [...drawn]
  return memberIds.map((memberId, index) => ({ memberId, code: codes[index] ?? '' }))
}

/** The host enters what a member shows. A code entered again changes nothing. */
export async function checkIn(
  env: GroupBuysEnv,
  asker: Asker,
  id: GroupBuyId,
  code: string,
): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
    if ((row.state !== 'arrived' && row.state !== 'handing_over') || row.settlingAtMs !== null)
      return refuse('GROUP_BUY_STATE')
    const atMs = nowMs()
    const isNewHour = atMs >= row.triedFromMs + HOUR_MS
    const wrong = isNewHour ? 0 : row.tries
    if (wrong >= TRIES_AN_HOUR) {
      const retryAfterSeconds = Math.ceil((row.triedFromMs + HOUR_MS - atMs) / SECOND_MS)
      return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds })
    }
    const share = (await readShares(env.DB, id)).find(({ checkInCode }) => checkInCode === code)
    if (!share) {
      const change = { tries: wrong + 1, ...(isNewHour ? { triedFromMs: atMs } : {}) }
      const counted = await runBatch(env.DB, changeGroupBuy(env.DB, row, change, atMs))
      if (counted.kind === 'done') return refuse('CHECK_IN_CODE_WRONG')
      continue
    }
    if (share.checkedInAtMs !== null) return ok({ value: null, events: [] })
    const outcome = await runBatch(env.DB, [
      ...changeGroupBuy(env.DB, row, { state: 'handing_over' }, atMs),
      putCheckIn(env.DB, id, share.memberId, atMs),
    ])
    if (outcome.kind === 'done') return ok({ value: null, events: toldIn(outcome.results) })
  }
  return refuse('CONFLICT')
}

/** Everybody has theirs: the host is paid. From here there is no way back; said twice it is said once. */
export async function settleNow(env: GroupBuysEnv, asker: Asker, id: GroupBuyId): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
    if (row.state === 'settled' || row.settlingAtMs !== null) return await untilSettled(env, row)
    if (row.state !== 'arrived' && row.state !== 'handing_over') return refuse('GROUP_BUY_STATE')
    const shares = await readShares(env.DB, id)
    if (shares.some(({ checkedInAtMs }) => checkedInAtMs === null)) return refuse('GROUP_BUY_STATE')
    const atMs = nowMs()
    const change = { state: 'handing_over', settlingAtMs: atMs, dueAtMs: atMs } as const
    const outcome = await runBatch(env.DB, changeGroupBuy(env.DB, row, change, atMs))
    if (outcome.kind === 'done') return await untilSettled(env, row)
  }
  return refuse('CONFLICT')
}

/** Waits a while for the flow; what it has not done by then, it or the tick goes on doing. */
async function untilSettled(env: GroupBuysEnv, { id }: GroupBuyRow): Promise<Written<null>> {
  const untilMs = nowMs() + SETTLED_WITHIN_MS
  await nudge(env, id)
  while (nowMs() < untilMs) {
    const row = await readGroupBuy(env.DB, id)
    if (row?.state === 'settled') break
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return ok({ value: null, events: [] })
}
