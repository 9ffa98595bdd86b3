import type { CallContext } from '#contracts/call'
import type { Refusal, Result } from '#contracts/errors'
import type { GroupBuyId, HoldId } from '#contracts/ids'
import type { MoneyToHold } from '#do/slot-claims/claims.api'
import { callWithin } from '#kit/call'
import { DAY_MS, SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { GroupBuysEnv } from './env.ts'

const ANSWERS_WITHIN_MS = 5 * SECOND_MS
/** Purchase, hand-over and votes have their time; the flow prolongs what takes longer. */
const HELD_AFTER_DEADLINE_MS = 60 * DAY_MS
const NO_ANSWER: ReadonlySet<Refusal['code']> = new Set([
  'UNAVAILABLE',
  'INTERNAL',
  'REQUEST_IN_FLIGHT',
  'TOO_MANY_REQUESTS',
])

/** Payments gave no word on the matter: whether the money is held nobody knows. */
export class Unanswered extends Error {}

/** Puts members' money aside for their units. Asked again it is held once; a refusal is payments' own word, everything else is thrown. */
export async function holdMoney(
  env: GroupBuysEnv,
  { plan, lines, instead }: MoneyToHold,
): Promise<Result<null>> {
  const order = {
    cause: { kind: 'group_buy' as const, id: plan.groupBuyId },
    lines: lines.map(({ holdId, memberId: payer, amount }) => ({ holdId, payer, amount })),
    payeeId: plan.hostId,
    title: plan.title,
    url: `/together/${plan.groupBuyId}`,
    nextAtMs: plan.deadlineMs,
    expiresAtMs: plan.deadlineMs + HELD_AFTER_DEADLINE_MS,
    ...(instead === null ? {} : { instead: [instead] }),
  }
  const context = contextOf(plan.groupBuyId, lines.map(({ holdId }) => holdId).join())
  const held = await ask('hold', async () => await env.PAYMENTS.hold(context, order))
  if (!held.ok) return held
  // It was held before and has ended since: that money cannot stand for anything.
  return held.value.every(({ state }) => state === 'open') ? ok(null) : refuse('HOLD_VOIDED')
}

/**
 * Gives holds back. One that was never made, or has ended, is nothing to give back. Throws while it cannot be done: those of a frozen wallet
 * stay until somebody has looked at it.
 */
export async function releaseMoney(
  env: GroupBuysEnv,
  groupBuyId: GroupBuyId,
  holdIds: HoldId[],
): Promise<void> {
  const context = contextOf(groupBuyId, holdIds.join())
  const released = await ask('release', async () => await env.PAYMENTS.release(context, { holdIds }))
  if (!released.ok && released.refusal.code !== 'HOLD_POSTED')
    throw new Unanswered(`payments.release: ${released.refusal.code}`)
}

async function ask<Value>(step: string, call: () => Promise<Result<Value>>): Promise<Result<Value>> {
  const answer = await callWithin<Result<Value>>(`payments.${step}`, ANSWERS_WITHIN_MS, call, () =>
    refuse('UNAVAILABLE'),
  )
  if (!answer.ok && NO_ANSWER.has(answer.refusal.code)) throw new Unanswered(`payments.${step}: no answer`)
  return answer
}

const contextOf = (groupBuyId: GroupBuyId, step: string): CallContext => ({
  actor: { kind: 'worker', worker: 'group-buys' },
  requestId: `group-buy:${groupBuyId}`,
  idempotencyKey: `${groupBuyId}:${step}`,
})
