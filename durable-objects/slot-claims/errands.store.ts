import type { HoldId, MemberId } from '#contracts/ids'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'

/** What is asked for is tried again after so long, and later each time. */
const AGAIN_AFTER_MS = 2 * SECOND_MS
const AGAIN_AFTER_MS_MAX = 5 * MINUTE_MS
/**
 * When money that was on its way to being held while its claim ended is looked for again: soon, since who asked died and the books are
 * seldom late; and once more when it has surely arrived or never will.
 */
const STRAGGLERS_MS = [10 * SECOND_MS, 5 * MINUTE_MS]
const AT_ONCE_MAX = 50

export type Errand = { number: number; memberId: MemberId } & (
  | { kind: 'release'; holdId: HoldId }
  | { kind: 'exchange'; claimId: string; holdId: HoldId; insteadHoldId: HoldId; units: number }
  | { kind: 'promote'; claimId: string }
)
type Row = {
  number: number
  kind: Errand['kind']
  memberId: MemberId
  claimId: string | null
  holdId: HoldId | null
  insteadHoldId: HoldId | null
  units: number | null
}
/** A member's errands wait for their exchanges before them, since those decide under which hold their money is. */
const IS_ITS_TURN = `NOT EXISTS (
  SELECT 1 FROM errands b WHERE b.kind = 'exchange' AND b.member_id = e.member_id AND b.number < e.number)`
const COLUMNS = `number, kind, member_id AS memberId, claim_id AS claimId, hold_id AS holdId, instead_hold_id AS insteadHoldId, units`

/** What is still to be done elsewhere. */
export class ErrandsStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  release(memberId: MemberId, holdId: HoldId, atMs: number): void {
    this.#add('release', { memberId, holdId, atMs })
  }

  /** Of money that may be on its way to being held just now. */
  releaseWhenever(memberId: MemberId, holdId: HoldId, atMs: number): void {
    for (const afterMs of [0, ...STRAGGLERS_MS]) this.release(memberId, holdId, atMs + afterMs)
  }

  exchange(errand: {
    memberId: MemberId
    claimId: string
    holdId: HoldId
    insteadHoldId: HoldId
    units: number
    atMs: number
  }): void {
    this.#add('exchange', errand)
  }

  promote(memberId: MemberId, claimId: string, atMs: number): void {
    this.#add('promote', { memberId, claimId, atMs })
  }

  /** Exchanges that wait, of one claim or of all, the oldest first. */
  exchanges(claimId: string | null): Extract<Errand, { kind: 'exchange' }>[] {
    return this.#sql
      .exec<Row>(
        `SELECT ${COLUMNS} FROM errands WHERE kind = 'exchange' AND (?1 IS NULL OR claim_id = ?1) ORDER BY number`,
        claimId,
      )
      .toArray()
      .map(errandOf)
      .filter((errand) => errand.kind === 'exchange')
  }

  done(number: number): void {
    this.#sql.exec('DELETE FROM errands WHERE number = ?', number)
  }

  firstDueMs(): number | null {
    const query = `SELECT min(due_at_ms) AS atMs FROM errands AS e WHERE ${IS_ITS_TURN}`
    return this.#sql.exec<{ atMs: number | null }>(query).one().atMs
  }

  /** What is due, put off at once to when it would be tried again: whoever dies over it leaves it for then. */
  takeDue(atMs: number, memberId: MemberId | null): Errand[] {
    const due = this.#sql
      .exec<Row>(
        `SELECT ${COLUMNS} FROM errands AS e WHERE due_at_ms <= ?1 AND (?2 IS NULL OR member_id = ?2) AND ${IS_ITS_TURN}
         ORDER BY due_at_ms LIMIT ?3`,
        atMs,
        memberId,
        AT_ONCE_MAX,
      )
      .toArray()
      .map(errandOf)
    for (const { number } of due) {
      this.#sql.exec(
        'UPDATE errands SET tries = tries + 1, due_at_ms = ?1 + min(?2 * (1 << min(tries, 10)), ?3) WHERE number = ?4',
        atMs,
        AGAIN_AFTER_MS,
        AGAIN_AFTER_MS_MAX,
        number,
      )
    }
    return due
  }

  #add(
    kind: Errand['kind'],
    errand: Partial<Omit<Row, 'number' | 'kind'>> & { memberId: MemberId; atMs: number },
  ): void {
    this.#sql.exec(
      `INSERT INTO errands (kind, member_id, claim_id, hold_id, instead_hold_id, units, due_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      kind,
      errand.memberId,
      errand.claimId ?? null,
      errand.holdId ?? null,
      errand.insteadHoldId ?? null,
      errand.units ?? null,
      errand.atMs,
    )
  }
}

function errandOf({ number, kind, memberId, claimId, holdId, insteadHoldId, units }: Row): Errand {
  if (kind === 'promote' && claimId !== null) return { kind, number, memberId, claimId }
  if (kind === 'release' && holdId !== null) return { kind, number, memberId, holdId }
  if (kind === 'exchange' && claimId !== null && holdId !== null && insteadHoldId !== null && units !== null)
    return { kind, number, memberId, claimId, holdId, insteadHoldId, units }
  throw new Error('an errand without what it is about')
}
