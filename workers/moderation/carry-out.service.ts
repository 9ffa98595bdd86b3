import type { Result } from '#contracts/errors'
import { callWithin } from '#kit/call'
import { nowMs } from '#kit/clock'
import { refuse } from '#kit/result'
import { appealPathOf } from './appeal-key.ts'
import {
  type DecisionRow,
  type DecisionState,
  isHiddenByAnother,
  moveDecision,
  unfinishedDecisions,
} from './decision.store.ts'
import type { ModerationEnv } from './env.ts'
import { asModeration, NEIGHBOUR_DEADLINE_MS } from './faces.service.ts'

const FINISHED_A_TICK = 20

/**
 * Does what a decision says, or undoes it, where its thing lives, and then notes that it is done. Every step may be repeated: dying
 * before the note, the tick does it again. Answers where the decision stands now; unchanged when the other side is away.
 */
export async function carryOut(env: ModerationEnv, row: DecisionRow): Promise<DecisionState> {
  if (row.state !== 'acting' && row.state !== 'undoing') return row.state
  const done = row.act === 'suspend' ? await suspendOrLift(env, row) : await hideOrShow(env, row)
  // A thing or a member that is gone needs nothing any more.
  if (!done.ok && done.refusal.code !== 'NOT_FOUND') return row.state
  const next = row.state === 'acting' ? 'done' : 'undone'
  await moveDecision(env.DB, row.id, row.state, next).run()
  return next
}

/** The tick's share: decisions whose request died before they were carried out. */
export async function finishDecisions(env: ModerationEnv): Promise<number> {
  const rows = await unfinishedDecisions(env.DB, FINISHED_A_TICK)
  let finished = 0
  for (const row of rows) if ((await carryOut(env, row)) !== row.state) finished += 1
  return finished
}

function suspendOrLift(env: ModerationEnv, row: DecisionRow): Promise<Result<null>> {
  const { memberId, id: decisionId, reason, suspendedUntilMs } = row
  const ctx = asModeration(decisionId, `${decisionId}:${row.state}`)
  return callWithin<Result<null>>(
    'identity.suspend',
    NEIGHBOUR_DEADLINE_MS,
    async () =>
      row.state === 'acting'
        ? await env.IDENTITY.suspend(ctx, {
            memberId,
            decisionId,
            reason,
            appealPath: appealPathOf(env.APPEAL_SECRET, row),
            untilMs: suspendedUntilMs ?? nowMs(),
          })
        : await env.IDENTITY.liftSuspension(ctx, { memberId, decisionId }),
    () => refuse('UNAVAILABLE'),
  )
}

async function hideOrShow(env: ModerationEnv, row: DecisionRow): Promise<Result<unknown>> {
  const hidden = row.state === 'acting' || (await isHiddenByAnother(env.DB, row))
  const ctx = asModeration(row.id, `${row.id}:${row.state}`)
  const { target } = row
  return await callWithin<Result<unknown>>(
    `${target.kind}.hide`,
    NEIGHBOUR_DEADLINE_MS,
    async () => {
      switch (target.kind) {
        case 'listing':
          return await env.LISTINGS.hideByOperator(ctx, {
            target: { kind: 'listing', id: target.listingId },
            hidden,
          })
        case 'comment':
          return await env.LISTINGS.hideByOperator(ctx, {
            target: { kind: 'comment', id: target.commentId },
            hidden,
          })
        case 'message':
          return await env.CHAT.hideMessage(ctx, { roomId: target.roomId, seq: target.seq, hidden })
        case 'member':
          return refuse('NOT_FOUND')
      }
    },
    () => refuse('UNAVAILABLE'),
  )
}
