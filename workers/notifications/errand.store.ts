import type { MemberId } from '#contracts/ids'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'
import { Errand, type Sending } from './errand.rules.ts'

const RETRY_MS = 5 * SECOND_MS
const RETRY_MAX_MS = 10 * MINUTE_MS
/** What could not be delivered for this long is given up: inboxes have forgotten by then which facts they know. */
const GIVEN_UP_AFTER_MS = 7 * DAY_MS

export type Delivery = { place: number; errandId: string; memberId: MemberId; tries: number; errand: Errand }

/** Writes down what is to be told and to whom. For watchers the database itself says who they are, in the same transaction. */
export function putSending(db: D1Database, { id, errand, to }: Sending, atMs: number): D1PreparedStatement[] {
  const put = db
    .prepare('INSERT INTO errands (id, errand, created_at_ms) VALUES (?, ?, ?)')
    .bind(id, JSON.stringify(errand), atMs)
  if (Array.isArray(to)) {
    const each = db
      .prepare(
        'INSERT OR IGNORE INTO deliveries (errand_id, member_id, due_at_ms) SELECT ?, value, ? FROM json_each(?)',
      )
      .bind(id, atMs, JSON.stringify(to))
    return [put, each]
  }
  const watching = db
    .prepare(
      `INSERT INTO deliveries (errand_id, member_id, due_at_ms)
SELECT DISTINCT ?, member_id, ? FROM watchers WHERE listing_id = ? AND is_watching = 1
  AND member_id NOT IN (SELECT value FROM json_each(?))`,
    )
    .bind(id, atMs, to.of, JSON.stringify(to.except))
  return [put, watching]
}

type Row = { place: number; errandId: string; memberId: MemberId; tries: number; errand: string }
const ROW = 'd.rowid AS place, d.errand_id AS errandId, d.member_id AS memberId, d.tries, e.errand'

/** The next deliveries that are due, oldest first. */
export async function dueDeliveries(db: D1Database, atMs: number, limit: number): Promise<Delivery[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM deliveries d JOIN errands e ON e.id = d.errand_id WHERE d.due_at_ms <= ? ORDER BY d.due_at_ms LIMIT ?`,
    )
    .bind(atMs, limit)
    .all<Row>()
  return results.map(deliveryOf)
}

/** The next deliveries of these errands that were never tried. */
export async function freshDeliveries(
  db: D1Database,
  errandIds: string[],
  limit: number,
): Promise<Delivery[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM deliveries d JOIN errands e ON e.id = d.errand_id
WHERE d.errand_id IN (SELECT value FROM json_each(?)) AND d.tries = 0 LIMIT ?`,
    )
    .bind(JSON.stringify(errandIds), limit)
    .all<Row>()
  return results.map(deliveryOf)
}

const deliveryOf = ({ errand, ...row }: Row): Delivery => ({
  ...row,
  errand: Errand.parse(JSON.parse(errand)),
})

/** Crosses off what was delivered, and the errands nobody waits for any more. */
export const crossOff = (db: D1Database, done: Delivery[]): D1PreparedStatement[] => [
  db
    .prepare('DELETE FROM deliveries WHERE rowid IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(done.map(({ place }) => place))),
  db
    .prepare(
      `DELETE FROM errands WHERE id IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.errand_id = errands.id)`,
    )
    .bind(JSON.stringify([...new Set(done.map(({ errandId }) => errandId))])),
]

/** Puts off what could not be delivered, longer each time. */
export const putOff = (db: D1Database, failed: Delivery[], atMs: number): D1PreparedStatement[] =>
  failed.map(({ place, tries }) =>
    db
      .prepare('UPDATE deliveries SET tries = tries + 1, due_at_ms = ? WHERE rowid = ?')
      .bind(atMs + Math.min(RETRY_MS * 2 ** tries, RETRY_MAX_MS), place),
  )

/** Forgets errands nobody waits for, and those given up. */
export const sweepErrands = (db: D1Database, atMs: number): D1PreparedStatement[] => [
  db
    .prepare(
      'DELETE FROM deliveries WHERE errand_id IN (SELECT id FROM errands WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT 100)',
    )
    .bind(atMs - GIVEN_UP_AFTER_MS),
  db
    .prepare(
      `DELETE FROM errands WHERE created_at_ms < ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.errand_id = errands.id)`,
    )
    .bind(atMs - MINUTE_MS),
]
