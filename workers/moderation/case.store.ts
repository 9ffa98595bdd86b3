import type { ListingId, MemberId, ReportId } from '#contracts/ids'
import { ReportTarget, type YardRule } from '#contracts/moderation'

export type CaseState = 'open' | 'appealed' | 'decided'

export type CaseRow = {
  id: ReportId
  targetKey: string
  target: ReportTarget
  subjectId: MemberId
  listingId: ListingId | null
  excerpt: string
  state: 'open' | 'decided'
  reportCount: number
  openedAtMs: number
}
/** A case in its queue; `place` is what the queue is ordered by. */
export type QueuedCase = CaseRow & { place: string }

type Flat = Omit<CaseRow, 'target'> & { target: string; place: string }

const ROW = `c.id, c.target_key AS targetKey, c.target, c.subject_id AS subjectId, c.listing_id AS listingId, c.excerpt,
  c.state, c.report_count AS reportCount, c.opened_at_ms AS openedAtMs`

const rowOf = ({ target, ...row }: Flat): QueuedCase => ({
  ...row,
  target: ReportTarget.parse(JSON.parse(target)),
})

/** Ids grow with time: what waits is shown the oldest first, what is decided the newest first. */
const QUEUES: Record<CaseState, string> = {
  open: `SELECT ${ROW}, c.id AS place FROM cases c
    WHERE c.state = 'open' AND (?1 IS NULL OR c.id > ?1) ORDER BY c.id LIMIT ?2`,
  appealed: `SELECT ${ROW}, a.id AS place FROM appeals a JOIN decisions d ON d.id = a.decision_id
    JOIN cases c ON c.id = d.case_id
    WHERE a.state = 'open' AND (?1 IS NULL OR a.id > ?1) ORDER BY a.id LIMIT ?2`,
  decided: `SELECT ${ROW}, d.id AS place FROM decisions d JOIN cases c ON c.id = d.case_id
    WHERE (?1 IS NULL OR d.id < ?1) ORDER BY d.id DESC LIMIT ?2`,
}

/** A stretch of a queue, from behind `after`. */
export async function readQueue(
  db: D1Database,
  state: CaseState,
  after: string | null,
  limit: number,
): Promise<QueuedCase[]> {
  const { results } = await db.prepare(QUEUES[state]).bind(after, limit).all<Flat>()
  return results.map(rowOf)
}

export async function readCase(db: D1Database, id: ReportId): Promise<CaseRow | null> {
  const row = await db
    .prepare(`SELECT ${ROW}, c.id AS place FROM cases c WHERE c.id = ?`)
    .bind(id)
    .first<Flat>()
  return row ? rowOf(row) : null
}

export type CaseReport = {
  id: ReportId
  caseId: ReportId
  reporterId: MemberId
  rule: YardRule
  text: string | null
  atMs: number
}

/** The first reports of each of these cases. */
export async function reportsOfCases(
  db: D1Database,
  caseIds: ReportId[],
  each: number,
): Promise<CaseReport[]> {
  const { results } = await db
    .prepare(
      `SELECT id, caseId, reporterId, rule, text, atMs FROM (
         SELECT id, case_id AS caseId, reporter_id AS reporterId, rule, text, created_at_ms AS atMs,
           row_number() OVER (PARTITION BY case_id ORDER BY id) AS place
         FROM reports WHERE case_id IN (SELECT value FROM json_each(?))) WHERE place <= ? ORDER BY id`,
    )
    .bind(JSON.stringify(caseIds), each)
    .all<CaseReport>()
  return results
}

/** Everyone who reported a case, by report. */
export async function reportersOf(
  db: D1Database,
  caseId: ReportId,
): Promise<{ id: ReportId; reporterId: MemberId }[]> {
  const { results } = await db
    .prepare('SELECT id, reporter_id AS reporterId FROM reports WHERE case_id = ? ORDER BY id')
    .bind(caseId)
    .all<{ id: ReportId; reporterId: MemberId }>()
  return results
}
