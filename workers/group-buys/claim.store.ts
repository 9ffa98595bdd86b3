import type { ClaimsPart } from '#do/slot-claims/claims.api'
import { assertChangedOne } from '#kit/d1'
import type { Known } from './claim-facts.ts'

/**
 * What a part of a group buy's claims makes of its row: how it stands by now, and where it ended. A state the flow has gone beyond stays.
 * `facts` are told in the same batch, each of a version of its own. Aborts the batch when the row is not any more as it is known.
 */
export const putStanding = (
  db: D1Database,
  part: ClaimsPart,
  { known, facts, atMs }: { known: Known; facts: number; atMs: number },
): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE group_buys SET filled_units = ?2, members = ?3, waiting = ?4, claims_version = ?5, updated_at_ms = ?6,
         version = version + CAST(?7 AS INTEGER),
         state = CASE WHEN state = 'recruiting' OR (state = 'filled' AND ?8 = 'cancelled') THEN ?8 ELSE state END,
         terminal_at_ms = iif(state = 'recruiting', ?9, terminal_at_ms)
       WHERE id = ?1 AND version = ?10 AND claims_version = ?11`,
    )
    .bind(
      part.plan.groupBuyId,
      part.filledUnits,
      part.members,
      part.waiting,
      part.version,
      atMs,
      Math.max(1, facts),
      part.state,
      part.terminalAtMs,
      known.version,
      known.claimsVersion,
    ),
  assertChangedOne(db),
]

/** Who changed, each unless something newer is known of them. */
export const putClaims = (db: D1Database, { plan, changed }: ClaimsPart): D1PreparedStatement[] =>
  changed.length === 0
    ? []
    : [
        db
          .prepare(
            `INSERT INTO claims (group_buy_id, member_id, units, hold_ids, joined_at_ms, version)
             SELECT ?1, value ->> 'memberId', value ->> 'units', value -> 'holdIds', value ->> 'joinedAtMs', value ->> 'version'
             FROM json_each(?2) WHERE true
             ON CONFLICT (group_buy_id, member_id) DO UPDATE SET units = excluded.units, hold_ids = excluded.hold_ids,
               joined_at_ms = excluded.joined_at_ms, version = excluded.version WHERE excluded.version > claims.version`,
          )
          .bind(plan.groupBuyId, JSON.stringify(changed)),
      ]

/**
 * Who waits, unless something newer is known: those who no longer do go, those who came are put at the end. Repeating changes nothing,
 * and who is there already keeps since when.
 */
export const putWaiters = (
  db: D1Database,
  { plan, version, waiters }: ClaimsPart,
  atMs: number,
): D1PreparedStatement[] => [
  db
    .prepare(
      `DELETE FROM waiters WHERE group_buy_id = ?1 AND member_id NOT IN (SELECT value ->> 'memberId' FROM json_each(?2))
         AND (SELECT claims_version FROM group_buys WHERE id = ?1) = ?3`,
    )
    .bind(plan.groupBuyId, JSON.stringify(waiters), version),
  ...(waiters.length === 0
    ? []
    : [
        db
          .prepare(
            `INSERT INTO waiters (group_buy_id, member_id, units, since_ms)
             SELECT ?1, value ->> 'memberId', value ->> 'units', ?4 FROM json_each(?2)
             WHERE (SELECT claims_version FROM group_buys WHERE id = ?1) = ?3
             ON CONFLICT (group_buy_id, member_id) DO UPDATE SET units = excluded.units WHERE units <> excluded.units`,
          )
          .bind(plan.groupBuyId, JSON.stringify(waiters), version, atMs),
      ]),
]

export const readKnown = (db: D1Database, id: string): Promise<Known | null> =>
  db
    .prepare('SELECT version, claims_version AS claimsVersion FROM group_buys WHERE id = ?')
    .bind(id)
    .first<Known>()
