import type { Result } from '#contracts/errors'
import type { ReportId } from '#contracts/ids'
import type { Case, CaseInContext } from '#contracts/moderation'
import type { Page, PageQuery } from '#contracts/page'
import { nowMs, toIso } from '#kit/clock'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { runAudited } from './audit.store.ts'
import { type CaseRow, type CaseState, readCase, readQueue, reportsOfCases } from './case.store.ts'
import { decisionOf } from './decision.rules.ts'
import type { Operator } from './decision.service.ts'
import { decisionsAbout, decisionsOfCases } from './decision.store.ts'
import type { ModerationEnv } from './env.ts'
import { facesFor } from './faces.service.ts'
import { cardOf, commentOf, messagesAround } from './target.service.ts'

/** Reports shown of a case; `reportCount` says how many there are. */
const REPORTS_SHOWN = 20
const HISTORY_SHOWN = 20

/** The operators' queue. */
export async function listCases(
  env: ModerationEnv,
  query: PageQuery & { state: CaseState },
  requestId: string,
): Promise<Result<Page<Case>>> {
  const list = `cases ${query.state}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const after = opened.value === null ? null : String(opened.value[0])
  const rows = await readQueue(env.DB, query.state, after, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, ({ place }) => [place])
  return ok({ items: await casesOf(env, page.items, requestId), nextCursor: page.nextCursor })
}

/** Cases as an operator sees them: their reports, who wrote them and about whom, and what was decided. */
export async function casesOf(env: ModerationEnv, rows: CaseRow[], requestId: string): Promise<Case[]> {
  const ids = rows.map(({ id }) => id)
  const [reports, decisions] = await Promise.all([
    reportsOfCases(env.DB, ids, REPORTS_SHOWN),
    decisionsOfCases(env.DB, ids),
  ])
  const faceOf = await facesFor(env, requestId, [
    ...rows.map(({ subjectId }) => subjectId),
    ...reports.map(({ reporterId }) => reporterId),
  ])
  return rows.map((row) => {
    const decision = decisions.find(({ caseId }) => caseId === row.id)
    return {
      id: row.id,
      target: row.target,
      state: row.state,
      reports: reports
        .filter(({ caseId }) => caseId === row.id)
        .map(({ id, rule, text, reporterId, atMs }) => ({
          ...{ id, rule, text },
          ...{ reporter: faceOf(reporterId), at: toIso(atMs) },
        })),
      reportCount: row.reportCount,
      subject: faceOf(row.subjectId),
      excerpt: row.excerpt,
      openedAt: toIso(row.openedAtMs),
      decision: decision ? decisionOf(decision) : null,
    }
  })
}

/** A case with what surrounds its thing. That the operator looked stands in the log before anything is shown. */
export async function lookAtCase(
  env: ModerationEnv,
  operator: Operator,
  id: ReportId,
): Promise<Result<CaseInContext>> {
  const row = await readCase(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  const look = {
    atMs: nowMs(),
    operatorId: operator.memberId,
    act: 'look',
    subject: row.targetKey,
    detail: id,
  }
  const noted = await runAudited(env.DB, look, [])
  if (noted.kind === 'aborted') throw new Error(`look not noted: ${noted.constraint}`)
  const { requestId } = operator
  const [cases, around, past] = await Promise.all([
    casesOf(env, [row], requestId),
    surroundings(env, row, requestId),
    decisionsAbout(env.DB, row.subjectId, null, HISTORY_SHOWN + 1),
  ])
  const [shown] = cases
  if (!shown) throw new Error('a case that was read is not shown')
  const history = past.filter(({ caseId }) => caseId !== id).slice(0, HISTORY_SHOWN)
  return ok({ ...shown, ...around, history: history.map(decisionOf), appeal: shown.decision?.appeal ?? null })
}

/** What is gone, or whose worker is away, is simply not shown: the excerpt stays. */
async function surroundings(
  env: ModerationEnv,
  { target, listingId }: CaseRow,
  requestId: string,
): Promise<Pick<CaseInContext, 'listing' | 'comment' | 'messages'>> {
  const [listing, comment, messages] = await Promise.all([
    listingId === null ? null : cardOf(env, requestId, listingId),
    target.kind === 'comment' ? commentOf(env, requestId, target.commentId) : null,
    target.kind === 'message' ? messagesAround(env, requestId, target) : null,
  ])
  return {
    listing: listing?.ok ? listing.value : null,
    comment: comment?.ok ? comment.value : null,
    messages: messages?.ok ? messages.value : [],
  }
}
