import type { GroupBuyId, HoldId, MemberId } from '#contracts/ids'
import { derivedId } from '#kit/id'
import type { ClaimsHappening, ClaimsPlan, ClaimsState, GroupBuyMember, ToPay } from './claims.api.ts'
import type { Counted, HeldUnits, Waiter } from './claims.rules.ts'

export type Facts = Counted & {
  plannedAtMs: number
  terminalAtMs: number | null
  version: number
  flushAtMs: number | null
}
export type Reservation = ToPay & { memberId: MemberId; targetUnits: number; isPromotion: boolean }
type HoldRow = HeldUnits & { claimId: string; memberId: MemberId }

/** The rows of one group buy. */
export class ClaimsStore {
  readonly #sql: SqlStorage
  /** The plan as it was last parsed, and from what: it is read with every decision and hardly ever another. */
  #parsed: { text: string; plan: ClaimsPlan } | null = null

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  facts(): Facts | null {
    const row = this.#sql
      .exec<{
        plan: string
        plannedAtMs: number
        confirmedUnits: number
        reservedUnits: number
        state: ClaimsState
        terminalAtMs: number | null
        version: number
        flushAtMs: number | null
      }>(
        `SELECT plan, planned_at_ms AS plannedAtMs, confirmed_units AS confirmedUnits, reserved_units AS reservedUnits, state,
           terminal_at_ms AS terminalAtMs, version, flush_at_ms AS flushAtMs FROM facts`,
      )
      .toArray()[0]
    return row ? { ...row, plan: this.#planOf(row.plan) } : null
  }

  #planOf(text: string): ClaimsPlan {
    // Only keepPlan writes this column.
    if (this.#parsed?.text !== text) this.#parsed = { text, plan: JSON.parse(text) as ClaimsPlan }
    return this.#parsed.plan
  }

  keepPlan(plan: ClaimsPlan, atMs: number): void {
    this.#sql.exec(
      `INSERT INTO facts (id, plan, planned_at_ms, total_units, host_units) VALUES (1, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, planned_at_ms = excluded.planned_at_ms, total_units = excluded.total_units, host_units = excluded.host_units`,
      JSON.stringify(plan),
      atMs,
      plan.totalUnits,
      plan.hostUnits,
    )
  }

  end(state: ClaimsState, atMs: number): void {
    this.#sql.exec('UPDATE facts SET state = ?, terminal_at_ms = coalesce(terminal_at_ms, ?)', state, atMs)
  }

  /** The next number of this group buy: no two things of it have the same. */
  nextNumber(): number {
    return this.#sql
      .exec<{ number: number }>(
        'UPDATE facts SET next_number = next_number + 1 RETURNING next_number AS number',
      )
      .one().number
  }

  newHoldId(groupBuyId: GroupBuyId): { number: number; holdId: HoldId } {
    const number = this.nextNumber()
    return { number, holdId: derivedId('hld', `${groupBuyId}:${number}`) }
  }

  count(table: 'waiting' | 'reservations'): number {
    return this.#sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n
  }

  countMembers(): number {
    return this.#sql.exec<{ n: number }>('SELECT count(*) AS n FROM members WHERE units > 0').one().n
  }

  unitsOf(memberId: MemberId): number {
    const query = 'SELECT units FROM members WHERE member_id = ?'
    return this.#sql.exec<{ units: number }>(query, memberId).toArray()[0]?.units ?? 0
  }

  /** Of a member, or of everybody; the newest first. */
  holds(memberId: MemberId | null): HoldRow[] {
    return this.#sql
      .exec<HoldRow>(
        `SELECT hold_id AS holdId, units, claim_id AS claimId, member_id AS memberId FROM holds
         WHERE ?1 IS NULL OR member_id = ?1 ORDER BY number DESC`,
        memberId,
      )
      .toArray()
  }

  holdOfClaim(claimId: string): HoldRow | null {
    const query =
      'SELECT hold_id AS holdId, units, claim_id AS claimId, member_id AS memberId FROM holds WHERE claim_id = ?'
    return this.#sql.exec<HoldRow>(query, claimId).toArray()[0] ?? null
  }

  /** Those who changed after a version; a version below all: everybody who is in it. */
  members(changedAfter: number | null): (GroupBuyMember & { version: number })[] {
    const rows = this.#sql
      .exec<{ memberId: MemberId; units: number; joinedAtMs: number; version: number }>(
        `SELECT member_id AS memberId, units, joined_at_ms AS joinedAtMs, version FROM members
         WHERE CASE WHEN ?1 IS NULL THEN units > 0 ELSE version > ?1 END ORDER BY joined_at_ms, number`,
        changedAfter,
      )
      .toArray()
    const holdIds = Map.groupBy(this.holds(null).reverse(), ({ memberId }) => memberId)
    return rows.map((row) => ({
      ...row,
      holdIds: (holdIds.get(row.memberId) ?? []).map(({ holdId }) => holdId),
    }))
  }

  addHold({ claimId, memberId, holdId, addUnits }: Reservation, number: number): void {
    this.#sql.exec(
      'INSERT INTO holds (hold_id, claim_id, member_id, units, number) VALUES (?, ?, ?, ?, ?)',
      holdId,
      claimId,
      memberId,
      addUnits,
      number,
    )
  }

  dropHold(holdId: HoldId): void {
    this.#sql.exec('DELETE FROM holds WHERE hold_id = ?', holdId)
  }

  keepOfHold(holdId: HoldId, units: number): void {
    this.#sql.exec('UPDATE holds SET units = ? WHERE hold_id = ?', units, holdId)
  }

  exchangeHold(claimId: string, holdId: HoldId): void {
    this.#sql.exec('UPDATE holds SET hold_id = ? WHERE claim_id = ?', holdId, claimId)
  }

  /** Who comes back after having left joined anew. */
  countMember(memberId: MemberId, atMs: number, version: number): void {
    this.#sql.exec(
      `INSERT INTO members (member_id, units, joined_at_ms, number, version)
       SELECT ?1, coalesce(sum(units), 0), ?2, (SELECT next_number FROM facts), ?3 FROM holds WHERE member_id = ?1
       ON CONFLICT (member_id) DO UPDATE SET units = excluded.units, version = excluded.version,
         joined_at_ms = iif(members.units = 0, excluded.joined_at_ms, members.joined_at_ms),
         number = iif(members.units = 0, excluded.number, members.number)`,
      memberId,
      atMs,
      version,
    )
  }

  reserve(row: Reservation): void {
    this.#sql.exec(
      `INSERT INTO reservations (claim_id, member_id, target_units, add_units, hold_id, expires_at_ms, is_promotion)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      row.claimId,
      row.memberId,
      row.targetUnits,
      row.addUnits,
      row.holdId,
      row.expiresAtMs,
      row.isPromotion ? 1 : 0,
    )
  }

  reservations(where: { claimId: string } | { memberId: MemberId } | { expiredAtMs: number }): Reservation[] {
    const [condition, value] =
      'claimId' in where
        ? ['claim_id = ?', where.claimId]
        : 'memberId' in where
          ? ['member_id = ?', where.memberId]
          : ['expires_at_ms <= ?', where.expiredAtMs]
    return this.#sql
      .exec<Omit<Reservation, 'isPromotion'> & { promotion: number }>(
        `SELECT claim_id AS claimId, member_id AS memberId, target_units AS targetUnits, add_units AS addUnits, hold_id AS holdId,
           (SELECT plan ->> 'unitPrice' FROM facts) AS unitPrice, expires_at_ms AS expiresAtMs, is_promotion AS promotion
         FROM reservations WHERE ${condition}`,
        value,
      )
      .toArray()
      .map(({ promotion, ...row }) => ({ ...row, isPromotion: promotion === 1 }))
  }

  /** When the recruiting, a reservation or the wait for the database is over, whichever comes first. */
  firstDueMs(): number | null {
    const query = `SELECT min(atMs) AS atMs FROM (SELECT plan ->> 'deadlineMs' AS atMs FROM facts WHERE state = 'recruiting'
      UNION ALL SELECT min(expires_at_ms) FROM reservations UNION ALL SELECT flush_at_ms FROM facts)`
    return this.#sql.exec<{ atMs: number | null }>(query).one().atMs
  }

  dropReservation(claimId: string): void {
    this.#sql.exec('DELETE FROM reservations WHERE claim_id = ?', claimId)
  }

  /** The waiting list in order; who asks again for another number keeps their place. */
  waiters(): Waiter[] {
    return this.#sql
      .exec<{ memberId: MemberId; units: number; hasUnits: number; paying: number }>(
        `SELECT w.member_id AS memberId, w.units, coalesce(m.units, 0) AS hasUnits, r.claim_id IS NOT NULL AS paying
         FROM waiting w LEFT JOIN members m USING (member_id) LEFT JOIN reservations r USING (member_id) ORDER BY w.number`,
      )
      .toArray()
      .map(({ paying, ...waiter }) => ({ ...waiter, isPaying: paying === 1 }))
  }

  waitingOf(memberId: MemberId): { units: number; place: number } | null {
    const query = `SELECT units, (SELECT count(*) FROM waiting b WHERE b.number <= w.number) AS place
      FROM waiting w WHERE member_id = ?`
    return this.#sql.exec<{ units: number; place: number }>(query, memberId).toArray()[0] ?? null
  }

  wait(memberId: MemberId, units: number): void {
    this.#sql.exec(
      `INSERT INTO waiting (member_id, units, number) VALUES (?, ?, ?)
       ON CONFLICT (member_id) DO UPDATE SET units = excluded.units`,
      memberId,
      units,
      this.nextNumber(),
    )
  }

  stopWaiting(memberId: MemberId | null): void {
    this.#sql.exec('DELETE FROM waiting WHERE ?1 IS NULL OR member_id = ?1', memberId)
  }

  hasKey(memberId: MemberId, key: string | null): boolean {
    if (key === null) return false
    const query = 'SELECT 1 FROM keys WHERE member_id = ? AND key = ?'
    return this.#sql.exec(query, memberId, key).toArray().length > 0
  }

  keepKey(memberId: MemberId, key: string | null, claimId: string | null): void {
    if (key === null) return
    this.#sql.exec(
      'INSERT OR IGNORE INTO keys (member_id, key, claim_id) VALUES (?, ?, ?)',
      memberId,
      key,
      claimId,
    )
  }

  /** What was asked under it did not come to stand: it may be asked again. */
  forgetKeysOf({ memberId, claimId }: Reservation): void {
    this.#sql.exec('DELETE FROM keys WHERE member_id = ? AND claim_id = ?', memberId, claimId)
  }

  happened({ number, type, memberId, units, remainingUnits, atMs }: ClaimsHappening): void {
    this.#sql.exec(
      'INSERT INTO happenings (version, type, member_id, units, remaining_units, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      number,
      type,
      memberId,
      units,
      remainingUnits,
      atMs,
    )
  }

  bumpVersion(flushAtMs: number): number {
    return this.#sql
      .exec<{ version: number }>(
        'UPDATE facts SET version = version + 1, flush_at_ms = coalesce(flush_at_ms, ?) RETURNING version',
        flushAtMs,
      )
      .one().version
  }
}
