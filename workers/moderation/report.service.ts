import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Report, ReportTarget, YardRule } from '#contracts/moderation'
import type { Page, PageQuery } from '#contracts/page'
import { DAY_MS, nowMs, SECOND_MS, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { ModerationEnv } from './env.ts'
import {
  fullSince,
  insertCase,
  insertReport,
  joinCase,
  type NewReport,
  openCaseOf,
  reportsOf,
} from './report.store.ts'
import { keyOf } from './target.rules.ts'
import { type SeenThing, seenBy } from './target.service.ts'

/** Reports a member may write in a day. */
export const REPORTS_A_DAY_MAX = 20
/** A report that meets a case being opened or decided starts over, so often. */
const TRIES = 3

export type Reporter = { memberId: MemberId; requestId: string; completion: Completion }
export type ReportWords = { target: ReportTarget; rule: YardRule; text?: string | undefined }
export type Reported = { report: Report; isNew: boolean }

/**
 * Tells the operators of a thing that its reporter sees. All open reports of one thing are one case; a member's second report of it
 * is their first one.
 */
export async function reportThing(
  env: ModerationEnv,
  reporter: Reporter,
  words: ReportWords,
): Promise<Result<Reported>> {
  const seen = await seenBy(env, reporter.requestId, reporter.memberId, words.target)
  if (!seen.ok) return seen
  if (seen.value.subjectId === reporter.memberId) return refuse('OWN_THING')
  for (let tries = 0; tries < TRIES; tries++) {
    const reported = await tryReport(env.DB, reporter, words, seen.value)
    if (reported !== 'again') return reported
  }
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

async function tryReport(
  db: D1Database,
  { memberId, completion }: Reporter,
  { target, rule, text }: ReportWords,
  seen: SeenThing,
): Promise<Result<Reported> | 'again'> {
  const targetKey = keyOf(target)
  const open = await openCaseOf(db, targetKey, memberId)
  if (open?.mine) return ok({ report: open.mine, isNew: false })
  const atMs = nowMs()
  const limit = { sinceMs: atMs - DAY_MS, max: REPORTS_A_DAY_MAX }
  const oldestMs = await fullSince(db, memberId, limit.sinceMs, limit.max)
  if (oldestMs !== null) {
    const retryAfterSeconds = Math.ceil((oldestMs + DAY_MS - atMs) / SECOND_MS)
    return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds })
  }
  const row: NewReport = { id: newId('rpt', atMs), reporterId: memberId, rule, text: text ?? null, atMs }
  const report: Report = {
    ...{ id: row.id, target, rule, text: row.text },
    ...{ state: 'open', outcome: null, createdAt: toIso(atMs) },
  }
  const outcome = await runBatch(db, [
    ...(open ? joinCase(db, open.caseId) : [insertCase(db, { targetKey, target, ...seen }, row)]),
    ...insertReport(db, open?.caseId ?? row.id, row, limit),
    ...completion(201, report),
  ])
  return outcome.kind === 'done' ? ok({ report, isNew: true }) : 'again'
}

/** One's own reports, the newest first: what came of each, never what was done to whom. */
export async function listReports(
  env: ModerationEnv,
  memberId: MemberId,
  query: PageQuery,
): Promise<Result<Page<Report>>> {
  const list = `reports ${memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await reportsOf(env.DB, memberId, beforeIn(opened.value), query.limit + 1)
  return ok(pageFrom(env.CURSOR_SECRET, list, rows, query.limit, ({ id }) => [id]))
}

const beforeIn = (position: (string | number)[] | null): string | null =>
  position === null ? null : String(position[0])
