import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { DecisionId, MemberId, ReportId } from '#contracts/ids'
import type { Case, Decision } from '#contracts/moderation'
import type { Page, PageQuery } from '#contracts/page'
import { nowMs } from '#kit/clock'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { opensAppeal } from './appeal-key.ts'
import { runAudited } from './audit.store.ts'
import { carryOut } from './carry-out.service.ts'
import { casesOf } from './case.service.ts'
import { type CaseRow, readCase, reportersOf } from './case.store.ts'
import {
  decisionOf,
  isCarriedOut,
  misfit,
  outcomeOf,
  suspendedUntilMs,
  type Verdict,
} from './decision.rules.ts'
import {
  closeCase,
  closeReports,
  type DecisionRow,
  decisionsAbout,
  insertDecision,
  readDecision,
} from './decision.store.ts'
import type { ModerationEnv } from './env.ts'

/** An operator at work. */
export type Operator = { memberId: MemberId; requestId: string; completion: Completion }
/** What a decision answers, the facts to relay, and the tags of the public replies that it made old. */
export type Acted<Value> = Result<{ value: Value; events: MadangEvent[]; purged: string[] }>

/** A report that comes while a case is being decided is decided with it: then the facts are gathered anew, so often. */
const TRIES = 5

/**
 * Decides a case once. The decision, its line in the log, what its subject and each reporter is told and the answer to retries are one
 * batch; only then is it carried out, at once and if need be again by the tick.
 */
export async function decide(
  env: ModerationEnv,
  operator: Operator,
  caseId: ReportId,
  verdict: Verdict,
): Promise<Acted<Case>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await readCase(env.DB, caseId)
    if (!row) return refuse('NOT_FOUND')
    if (row.state === 'decided') return refuse('CASE_DECIDED')
    if (row.subjectId === operator.memberId) return refuse('OWN_THING')
    const wrong = misfit(row.target, verdict)
    if (wrong) return { ok: false, refusal: wrong }
    const decision = decisionFor(row, verdict)
    const events = await factsOf(env.DB, decision, operator.requestId)
    const [shown] = await casesOf(env, [row], operator.requestId)
    if (!shown) throw new Error('a case that was read is not shown')
    const reply: Case = { ...shown, state: 'decided', decision: decisionOf(decision) }
    const outcome = await runAudited(env.DB, auditOf(operator, decision), [
      ...closeCase(env.DB, caseId, row.reportCount),
      closeReports(env.DB, caseId, outcomeOf(verdict.act)),
      insertDecision(env.DB, decision),
      ...events.map((event) => outboxPut(env.DB, event)),
      ...operator.completion(200, reply),
    ])
    if (outcome.kind === 'done') {
      await carryOut(env, decision)
      return ok({ value: reply, events, purged: madeOld(decision) })
    }
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

function decisionFor(row: CaseRow, verdict: Verdict): DecisionRow {
  const atMs = nowMs()
  const { act, rule, reason } = verdict
  return {
    ...{ id: newId('dec', atMs), caseId: row.id, memberId: row.subjectId, act, rule, reason, atMs },
    ...{ target: row.target, targetKey: row.targetKey, excerpt: row.excerpt, listingId: row.listingId },
    suspendedUntilMs: suspendedUntilMs(verdict, atMs),
    state: isCarriedOut(act) ? 'acting' : 'done',
    appeal: null,
  }
}

/** What is told: the subject what was decided, unless nothing was, and each reporter only whether something was done. */
async function factsOf(db: D1Database, decision: DecisionRow, requestId: string): Promise<MadangEvent[]> {
  const { id, memberId, act, rule, reason, excerpt, atMs } = decision
  const said = { version: 1, actorId: null, requestId }
  const data = { decisionId: id, memberId, act, rule, reason, excerpt }
  const toSubject = eventOf(
    {
      ...said,
      type: 'moderation.decided',
      aggregateId: id,
      data: { ...data, suspendedUntilMs: decision.suspendedUntilMs },
    },
    atMs,
  )
  const toReporters = (await reportersOf(db, decision.caseId)).map(({ id: reportId, reporterId }) =>
    eventOf(
      {
        ...said,
        type: 'moderation.report_closed',
        aggregateId: reportId,
        data: { reportId, reporterId, outcome: outcomeOf(act) },
      },
      atMs,
    ),
  )
  return act === 'dismiss' ? toReporters : [toSubject, ...toReporters]
}

const auditOf = (operator: Operator, { act, rule, reason, targetKey, atMs, id }: DecisionRow) => ({
  atMs,
  operatorId: operator.memberId,
  act,
  subject: targetKey,
  detail: `${id} ${rule}: ${reason}`,
})

/** The public replies that show the thing. */
export const madeOld = ({ act, target, listingId }: DecisionRow): string[] => {
  if (act !== 'hide' || listingId === null) return []
  if (target.kind === 'listing') return [listingId, 'listings', `comments:${listingId}`]
  return target.kind === 'comment' ? [listingId, `comments:${listingId}`] : []
}

/** What was decided about a member, as they see it. */
export async function listDecisions(
  env: ModerationEnv,
  memberId: MemberId,
  query: PageQuery,
): Promise<Result<Page<Decision>>> {
  const list = `decisions ${memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const before = opened.value === null ? null : String(opened.value[0])
  const rows = await decisionsAbout(env.DB, memberId, before, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, ({ id }) => [id])
  return ok({ items: page.items.map(decisionOf), nextCursor: page.nextCursor })
}

/** A decision about oneself. Absent and about another look alike. */
export async function findDecision(
  db: D1Database,
  memberId: MemberId,
  id: DecisionId,
): Promise<Result<DecisionRow>> {
  const row = await readDecision(db, id)
  return row && row.memberId === memberId && row.act !== 'dismiss' ? ok(row) : refuse('NOT_FOUND')
}

/** A decision by the key that was mailed with it. Absent, another's and a key that is over look alike. */
export async function findDecisionByKey(
  env: ModerationEnv,
  id: DecisionId,
  key: string,
): Promise<Result<DecisionRow>> {
  const row = await readDecision(env.DB, id)
  return row && opensAppeal(env.APPEAL_SECRET, row, key, nowMs()) ? ok(row) : refuse('NOT_FOUND')
}
