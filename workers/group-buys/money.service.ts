import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { GroupBuyId } from '#contracts/ids'
import type { Hold } from '#contracts/payments'
import { callWithin } from '#kit/call'
import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { derivedId } from '#kit/id'
import { log } from '#kit/log'
import { refuse } from '#kit/result'
import type { GroupBuysEnv } from './env.ts'
import type { GroupBuyRow, ShareRow } from './row.ts'
import { takesOf } from './settlement.rules.ts'

const PAYMENTS_DEADLINE_MS = 8 * SECOND_MS
/** Money of a group buy that goes on is held so much longer at a time. */
export const HELD_ON_MS = 60 * DAY_MS
const HOLDS_A_CALL = 20

/** Payments gave no answer, or none that settles the matter: the step comes again. */
export class Unanswered extends Error {}

const ask = async <Value>(what: string, call: () => Promise<Result<Value>>): Promise<Result<Value>> =>
  await callWithin<Result<Value>>(`payments.${what}`, PAYMENTS_DEADLINE_MS, call, () => refuse('UNAVAILABLE'))

async function must<Value>(what: string, call: () => Promise<Result<Value>>): Promise<Value> {
  const answer = await ask(what, call)
  if (!answer.ok) throw new Unanswered(`payments.${what}: ${answer.refusal.code}`)
  return answer.value
}

const contextOf = (id: GroupBuyId, step: string): CallContext => ({
  actor: { kind: 'worker', worker: 'group-buys' },
  requestId: `group-buy:${id}`,
  idempotencyKey: `${id}:${step}`,
})
const causeOf = (id: GroupBuyId) => ({ kind: 'group_buy' as const, id })

/** Every hold there ever was for this group buy. */
export const holdsOf = (env: GroupBuysEnv, id: GroupBuyId): Promise<Hold[]> =>
  must('holdsOf', async () => await env.PAYMENTS.holdsOf(contextOf(id, 'holds'), causeOf(id)))

const openOf = (holds: readonly Hold[]): Hold[] => holds.filter(({ state }) => state === 'open')

const chunked = (holds: readonly Hold[]): Hold['id'][][] =>
  Array.from({ length: Math.ceil(holds.length / HOLDS_A_CALL) }, (_, index) =>
    holds.slice(index * HOLDS_A_CALL, (index + 1) * HOLDS_A_CALL).map(({ id }) => id),
  )

/** Gives all money back that is still held. Run again it finds less to do. */
export async function releaseAll(env: GroupBuysEnv, id: GroupBuyId): Promise<void> {
  for (const holdIds of chunked(openOf(await holdsOf(env, id)))) {
    const ctx = contextOf(id, `release:${holdIds[0]}`)
    await must('release', async () => await env.PAYMENTS.release(ctx, { holdIds }))
  }
}

/** Holds all money on while the group buy goes on. */
export async function prolongAll(env: GroupBuysEnv, row: GroupBuyRow, nextAtMs: number): Promise<void> {
  const expiresAtMs = nowMs() + HELD_ON_MS
  for (const holdIds of chunked(openOf(await holdsOf(env, row.id)))) {
    const ctx = contextOf(row.id, `prolong:${holdIds[0]}`)
    await must('prolong', async () => await env.PAYMENTS.prolong(ctx, { holdIds, nextAtMs, expiresAtMs }))
  }
}

/**
 * Takes a member's share and gives it to the host; what was put aside beyond it goes back in the same step. Answers what was taken. Cut off
 * after payments did it, the next run finds the holds taken and answers the same.
 */
export async function settleShare(
  env: GroupBuysEnv,
  row: GroupBuyRow,
  { memberId, share }: ShareRow,
  all: readonly Hold[],
): Promise<number> {
  const holds = all.filter(({ payer }) => payer === memberId)
  const posted = holds.filter(({ state }) => state === 'posted')
  if (posted.length > 0) return posted.reduce((sum, hold) => sum + hold.posted, 0)
  const open = openOf(holds)
  const held = open.reduce((sum, { amount }) => sum + amount, 0)
  const more = share > held ? await holdMore(env, row, { memberId, amount: share - held }) : []
  const payers = [...open, ...more.filter(({ id }) => open.every((hold) => hold.id !== id))]
  if (payers.length === 0) {
    log('error', 'a member of a group buy has no money held', { groupBuyId: row.id, memberId })
    return 0
  }
  const takes = takesOf(share, payers)
  const amount = takes.reduce((sum, take) => sum + take.amount, 0)
  await must(
    'settle',
    async () =>
      await env.PAYMENTS.settle(contextOf(row.id, `settle:${memberId}`), {
        ...{ settlementId: `${row.id}:${memberId}`, cause: causeOf(row.id), takes },
        ...{ gives: [{ to: row.hostId, amount }], memo: row.title },
      }),
  )
  return amount
}

/** The difference that the members voted for; one who does not have it pays what is there, and the rest is the host's loss. */
async function holdMore(
  env: GroupBuysEnv,
  row: GroupBuyRow,
  { memberId, amount }: { memberId: ShareRow['memberId']; amount: number },
): Promise<Hold[]> {
  const holdId = derivedId('hld', `${row.id}:${memberId}:rise`)
  const held = await ask(
    'hold',
    async () =>
      await env.PAYMENTS.hold(contextOf(row.id, `rise:${memberId}`), {
        ...{ cause: causeOf(row.id), lines: [{ holdId, payer: memberId, amount }], payeeId: row.hostId },
        ...{ title: row.title, url: `/together/${row.id}`, nextAtMs: null },
        expiresAtMs: nowMs() + HELD_ON_MS,
      }),
  )
  if (held.ok) return openOf(held.value)
  if (held.refusal.code === 'INSUFFICIENT_BALANCE') return []
  throw new Unanswered(`payments.hold: ${held.refusal.code}`)
}
