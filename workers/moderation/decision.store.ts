import type { AppealId, DecisionId, ListingId, MemberId, ReportId } from '#contracts/ids'
import { type Act, type Appeal, ReportTarget, type YardRule } from '#contracts/moderation'
import { assertChangedOne } from '#kit/d1'

export type DecisionState = 'acting' | 'done' | 'undoing' | 'undone'

export type DecisionRow = {
  id: DecisionId
  caseId: ReportId
  memberId: MemberId
  act: Act
  rule: YardRule
  reason: string
  suspendedUntilMs: number | null
  state: DecisionState
  atMs: number
  target: ReportTarget
  targetKey: string
  excerpt: string
  listingId: ListingId | null
  appeal: {
    id: AppealId
    text: string
    state: Appeal['state']
    answer: string | null
    atMs: number
  } | null
}

type Flat = Omit<DecisionRow, 'target' | 'appeal'> & {
  target: string
  appealId: AppealId | null
  appealText: string
  appealState: Appeal['state']
  appealAnswer: string | null
  appealAtMs: number
}

const SELECT = `SELECT d.id, d.case_id AS caseId, d.member_id AS memberId, d.act, d.rule, d.reason,
  d.suspended_until_ms AS suspendedUntilMs, d.state, d.decided_at_ms AS atMs, c.target, c.target_key AS targetKey,
  c.excerpt, c.listing_id AS listingId, a.id AS appealId, a.text AS appealText, a.state AS appealState,
  a.answer AS appealAnswer, a.created_at_ms AS appealAtMs
FROM decisions d JOIN cases c ON c.id = d.case_id LEFT JOIN appeals a ON a.decision_id = d.id`

function rowOf({
  appealId,
  appealText,
  appealState,
  appealAnswer,
  appealAtMs,
  target,
  ...row
}: Flat): DecisionRow {
  const appeal =
    appealId === null
      ? null
      : { id: appealId, text: appealText, state: appealState, answer: appealAnswer, atMs: appealAtMs }
  return { ...row, target: ReportTarget.parse(JSON.parse(target)), appeal }
}

async function readMany(
  db: D1Database,
  tail: string,
  binds: (string | number | null)[],
): Promise<DecisionRow[]> {
  const { results } = await db
    .prepare(`${SELECT} ${tail}`)
    .bind(...binds)
    .all<Flat>()
  return results.map(rowOf)
}

export const readDecision = async (db: D1Database, id: DecisionId): Promise<DecisionRow | null> =>
  (await readMany(db, 'WHERE d.id = ?', [id]))[0] ?? null

/** The decisions of these cases. */
export const decisionsOfCases = (db: D1Database, caseIds: ReportId[]): Promise<DecisionRow[]> =>
  readMany(db, 'WHERE d.case_id IN (SELECT value FROM json_each(?))', [JSON.stringify(caseIds)])

/** What was decided about a member, the newest first; dismissals are not theirs to see. */
export const decisionsAbout = (
  db: D1Database,
  memberId: MemberId,
  beforeId: string | null,
  limit: number,
): Promise<DecisionRow[]> =>
  readMany(
    db,
    "WHERE d.member_id = ?1 AND d.act <> 'dismiss' AND (?2 IS NULL OR d.id < ?2) ORDER BY d.id DESC LIMIT ?3",
    [memberId, beforeId, limit],
  )

/** Decisions that were written and not carried out yet, or not undone yet. */
export const unfinishedDecisions = (db: D1Database, limit: number): Promise<DecisionRow[]> =>
  readMany(db, "WHERE d.state IN ('acting', 'undoing') ORDER BY d.id LIMIT ?", [limit])

/** The case is decided, if it is still open and nobody reported meanwhile; else the guard aborts. */
export const closeCase = (db: D1Database, caseId: ReportId, reportCount: number): D1PreparedStatement[] => [
  db
    .prepare("UPDATE cases SET state = 'decided' WHERE id = ? AND state = 'open' AND report_count = ?")
    .bind(caseId, reportCount),
  assertChangedOne(db),
]

export const closeReports = (
  db: D1Database,
  caseId: ReportId,
  outcome: 'dismissed' | 'acted',
): D1PreparedStatement => db.prepare('UPDATE reports SET outcome = ? WHERE case_id = ?').bind(outcome, caseId)

export const insertDecision = (
  db: D1Database,
  row: Pick<
    DecisionRow,
    'id' | 'caseId' | 'memberId' | 'act' | 'rule' | 'reason' | 'suspendedUntilMs' | 'state' | 'atMs'
  >,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO decisions (id, case_id, member_id, act, rule, reason, suspended_until_ms, state, decided_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      row.id,
      row.caseId,
      row.memberId,
      row.act,
      row.rule,
      row.reason,
      row.suspendedUntilMs,
      row.state,
      row.atMs,
    )

/** Moves a decision on, if it stands where it was read; run twice it finds nothing to move. */
export const moveDecision = (
  db: D1Database,
  id: DecisionId,
  from: DecisionState,
  to: DecisionState,
): D1PreparedStatement =>
  db.prepare('UPDATE decisions SET state = ? WHERE id = ? AND state = ?').bind(to, id, from)

/** Whether another decision hides the same thing and stands. */
export async function isHiddenByAnother(db: D1Database, row: DecisionRow): Promise<boolean> {
  const other = await db
    .prepare(
      `SELECT 1 FROM cases c JOIN decisions d ON d.case_id = c.id
       WHERE c.target_key = ? AND d.act = 'hide' AND d.state IN ('acting', 'done') AND d.id <> ? LIMIT 1`,
    )
    .bind(row.targetKey, row.id)
    .first()
  return other !== null
}

/** A member's one appeal; a second one aborts on `appeals.decision_id`. */
export const insertAppeal = (
  db: D1Database,
  appeal: { id: AppealId; decisionId: DecisionId; text: string; atMs: number },
): D1PreparedStatement =>
  db
    .prepare("INSERT INTO appeals (id, decision_id, text, state, created_at_ms) VALUES (?, ?, ?, 'open', ?)")
    .bind(appeal.id, appeal.decisionId, appeal.text, appeal.atMs)

/** The answer to an appeal that is open; else the guard aborts. */
export const answerAppeal = (
  db: D1Database,
  id: AppealId,
  state: 'upheld' | 'overturned',
  answer: string,
): D1PreparedStatement[] => [
  db
    .prepare("UPDATE appeals SET state = ?, answer = ? WHERE id = ? AND state = 'open'")
    .bind(state, answer, id),
  assertChangedOne(db),
]

export const decisionOfAppeal = async (db: D1Database, id: AppealId): Promise<DecisionRow | null> =>
  (await readMany(db, 'WHERE d.id = (SELECT decision_id FROM appeals WHERE id = ?)', [id]))[0] ?? null
