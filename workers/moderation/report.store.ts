import type { ListingId, MemberId, ReportId } from '#contracts/ids'
import { type Report, ReportTarget, type YardRule } from '#contracts/moderation'
import { toIso } from '#kit/clock'
import { assertChangedOne } from '#kit/d1'

export type NewReport = {
  id: ReportId
  reporterId: MemberId
  rule: YardRule
  text: string | null
  atMs: number
}
export type NewCase = {
  targetKey: string
  target: ReportTarget
  subjectId: MemberId
  listingId: ListingId | null
  excerpt: string
}

type ReportRow = {
  id: ReportId
  target: string
  rule: YardRule
  text: string | null
  outcome: 'dismissed' | 'acted' | null
  atMs: number
}

const ROW = 'r.id, c.target, r.rule, r.text, r.outcome, r.created_at_ms AS atMs'

const reportOf = ({ atMs, target, outcome, ...row }: ReportRow): Report => ({
  ...row,
  target: ReportTarget.parse(JSON.parse(target)),
  state: outcome === null ? 'open' : 'decided',
  outcome,
  createdAt: toIso(atMs),
})

/** The open case about a thing, and this member's report of it if there is one. */
export async function openCaseOf(
  db: D1Database,
  targetKey: string,
  reporterId: MemberId,
): Promise<{ caseId: ReportId; mine: Report | null } | null> {
  const row = await db
    .prepare(
      `SELECT c.id AS caseId, ${ROW} FROM cases c LEFT JOIN reports r ON r.case_id = c.id AND r.reporter_id = ?2
       WHERE c.target_key = ?1 AND c.state = 'open'`,
    )
    .bind(targetKey, reporterId)
    .first<{ caseId: ReportId } & (ReportRow | { id: null })>()
  if (!row) return null
  return { caseId: row.caseId, mine: row.id === null ? null : reportOf(row) }
}

/** When a member wrote this many reports since then, the moment the oldest of them was written; else null. */
export const fullSince = (
  db: D1Database,
  reporterId: MemberId,
  sinceMs: number,
  max: number,
): Promise<number | null> =>
  db
    .prepare(
      `SELECT created_at_ms AS atMs FROM reports WHERE reporter_id = ? AND created_at_ms > ?
       ORDER BY created_at_ms DESC LIMIT 1 OFFSET ?`,
    )
    .bind(reporterId, sinceMs, max - 1)
    .first('atMs')

/** A case with its first report. A case that somebody opened meanwhile aborts the batch on `cases.target_key`. */
export const insertCase = (db: D1Database, opened: NewCase, report: NewReport): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO cases (id, target_key, target, subject_id, listing_id, excerpt, state, report_count, opened_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, 'open', 1, ?)`,
    )
    .bind(
      report.id,
      opened.targetKey,
      JSON.stringify(opened.target),
      opened.subjectId,
      opened.listingId,
      opened.excerpt,
      report.atMs,
    )

/** One more report of an open case; the guard aborts when it was decided meanwhile. */
export const joinCase = (db: D1Database, caseId: ReportId): D1PreparedStatement[] => [
  db.prepare("UPDATE cases SET report_count = report_count + 1 WHERE id = ? AND state = 'open'").bind(caseId),
  assertChangedOne(db),
]

/** The report's row, while its writer has some left of this day's; else the guard aborts. */
export const insertReport = (
  db: D1Database,
  caseId: ReportId,
  report: NewReport,
  limit: { sinceMs: number; max: number },
): D1PreparedStatement[] => [
  db
    .prepare(
      `INSERT INTO reports (id, case_id, reporter_id, rule, text, created_at_ms) SELECT ?1, ?2, ?3, ?4, ?5, ?6
       WHERE (SELECT count(*) FROM reports INDEXED BY reports_day WHERE reporter_id = ?3 AND created_at_ms > ?7) < ?8`,
    )
    .bind(
      report.id,
      caseId,
      report.reporterId,
      report.rule,
      report.text,
      report.atMs,
      limit.sinceMs,
      limit.max,
    ),
  assertChangedOne(db),
]

/** A member's own reports, the newest first. */
export async function reportsOf(
  db: D1Database,
  reporterId: MemberId,
  beforeId: string | null,
  limit: number,
): Promise<Report[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM reports r JOIN cases c ON c.id = r.case_id
       WHERE r.reporter_id = ?1 AND (?2 IS NULL OR r.id < ?2) ORDER BY r.id DESC LIMIT ?3`,
    )
    .bind(reporterId, beforeId, limit)
    .all<ReportRow>()
  return results.map(reportOf)
}
