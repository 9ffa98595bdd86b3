import type { Result } from '#contracts/errors'
import type { AppealId, DecisionId, MemberId } from '#contracts/ids'
import type { Case, Decision } from '#contracts/moderation'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { runAudited } from './audit.store.ts'
import { carryOut } from './carry-out.service.ts'
import { casesOf } from './case.service.ts'
import { readCase } from './case.store.ts'
import { decisionOf, isCarriedOut } from './decision.rules.ts'
import { type Acted, findDecision, findDecisionByKey, madeOld, type Operator } from './decision.service.ts'
import {
  answerAppeal,
  type DecisionRow,
  decisionOfAppeal,
  insertAppeal,
  moveDecision,
  readDecision,
} from './decision.store.ts'
import type { ModerationEnv } from './env.ts'

export type Appellant = { memberId: MemberId; completion: Completion }

/** Says why a decision was wrong: once, and only by whom it concerns. */
export async function appeal(
  db: D1Database,
  { memberId, completion }: Appellant,
  decisionId: DecisionId,
  text: string,
): Promise<Result<Decision>> {
  const found = await findDecision(db, memberId, decisionId)
  return found.ok ? await appealAgainst(db, found.value, text, completion) : found
}

/** The same from the letter, by who cannot sign in: the key stands for the member. */
export async function appealByKey(
  env: ModerationEnv,
  shown: { decisionId: DecisionId; key: string },
  text: string,
  completion: Completion,
): Promise<Result<Decision>> {
  const found = await findDecisionByKey(env, shown.decisionId, shown.key)
  return found.ok ? await appealAgainst(env.DB, found.value, text, completion) : found
}

async function appealAgainst(
  db: D1Database,
  row: DecisionRow,
  text: string,
  completion: Completion,
): Promise<Result<Decision>> {
  if (row.appeal !== null) return refuse('APPEAL_USED')
  const atMs = nowMs()
  const id = newId('apl', atMs)
  const reply = decisionOf({ ...row, appeal: { id, text, state: 'open', answer: null, atMs } })
  const outcome = await runBatch(db, [
    insertAppeal(db, { id, decisionId: row.id, text, atMs }),
    ...completion(201, reply),
  ])
  if (outcome.kind === 'done') return ok(reply)
  const isSecond = outcome.constraint === 'appeals.decision_id'
  return isSecond ? refuse('APPEAL_USED') : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

export type AppealVerdict = { outcome: 'uphold' | 'overturn'; answer: string }

/** Answers an appeal once. Overturning undoes what the decision did, as far as no other decision says the same. */
export async function decideAppeal(
  env: ModerationEnv,
  operator: Operator,
  id: AppealId,
  verdict: AppealVerdict,
): Promise<Acted<Case>> {
  const decision = await carriedOut(env, id)
  if (!decision.ok) return decision
  const row = decision.value
  if (row.memberId === operator.memberId) return refuse('OWN_THING')
  const opened = await readCase(env.DB, row.caseId)
  const [shown] = opened ? await casesOf(env, [opened], operator.requestId) : []
  if (!shown || row.appeal === null) throw new Error('an appeal without its case')
  const atMs = nowMs()
  const state = verdict.outcome === 'overturn' ? 'overturned' : 'upheld'
  const after: DecisionRow = { ...row, appeal: { ...row.appeal, state, answer: verdict.answer } }
  const event = answered(after, id, state, verdict.answer, operator.requestId, atMs)
  const reply: Case = { ...shown, decision: decisionOf(after) }
  const isUndone = state === 'overturned'
  const undoing = isCarriedOut(row.act) ? 'undoing' : 'undone'
  const entry = {
    ...{ atMs, operatorId: operator.memberId, act: verdict.outcome, subject: row.targetKey },
    detail: `${row.id} ${id}: ${verdict.answer}`,
  }
  const outcome = await runAudited(env.DB, entry, [
    ...answerAppeal(env.DB, id, state, verdict.answer),
    ...(isUndone ? [moveDecision(env.DB, row.id, 'done', undoing)] : []),
    outboxPut(env.DB, event),
    ...operator.completion(200, reply),
  ])
  if (outcome.kind === 'aborted') return await whyNotAnswered(env.DB, id)
  if (isUndone) await carryOut(env, { ...after, state: undoing })
  return ok({ value: reply, events: [event], purged: isUndone ? madeOld(row) : [] })
}

/** The decision that is appealed, carried out: undoing something half done could be overtaken by its doing. */
async function carriedOut(env: ModerationEnv, id: AppealId): Promise<Result<DecisionRow>> {
  const row = await decisionOfAppeal(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  if (row.appeal?.state !== 'open') return refuse('CASE_DECIDED')
  if ((await carryOut(env, row)) === 'acting') return refuse('UNAVAILABLE', { retryAfterSeconds: 5 })
  const now = await readDecision(env.DB, row.id)
  return now ? ok(now) : refuse('NOT_FOUND')
}

/** The batch aborts when another operator answered first, or the key was claimed by another request. */
async function whyNotAnswered(db: D1Database, id: AppealId): Promise<Result<never>> {
  const row = await decisionOfAppeal(db, id)
  const isOpen = row?.appeal?.state === 'open'
  return isOpen ? refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 }) : refuse('CASE_DECIDED')
}

const answered = (
  { id: decisionId, memberId }: DecisionRow,
  appealId: AppealId,
  outcome: 'upheld' | 'overturned',
  answer: string,
  requestId: string,
  atMs: number,
) =>
  eventOf(
    {
      type: 'moderation.appeal_decided',
      aggregateId: appealId,
      version: 1,
      actorId: null,
      requestId,
      data: { appealId, decisionId, memberId, outcome, answer },
    },
    atMs,
  )
