import type { AppointmentId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { Appointment } from '#contracts/trades'
import { assertChangedOne } from '#kit/d1'
import type { Sayings } from './appointment.rules.ts'

export type AppointmentRow = Sayings & {
  id: AppointmentId
  roomId: RoomId
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  place: string
  meetAtMs: number
  state: Appointment['state']
  setBy: MemberId
  remindAtMs: number | null
  version: number
  createdAtMs: number
}

const ROW = `id, room_id AS roomId, listing_id AS listingId, seller_id AS sellerId, buyer_id AS buyerId, place,
  meet_at_ms AS meetAtMs, state, set_by AS setBy, seller_said AS sellerSaid, buyer_said AS buyerSaid,
  remind_at_ms AS remindAtMs, version, created_at_ms AS createdAtMs`

export const readAppointment = (db: D1Database, id: AppointmentId): Promise<AppointmentRow | null> =>
  db.prepare(`SELECT ${ROW} FROM appointments WHERE id = ?`).bind(id).first()

/** The one that is set in a room, or was the last; only for its two members. */
export const readOfRoom = (
  db: D1Database,
  roomId: RoomId,
  memberId: MemberId,
): Promise<AppointmentRow | null> =>
  db
    .prepare(
      `SELECT ${ROW} FROM appointments WHERE room_id = ?1 AND ?2 IN (seller_id, buyer_id)
ORDER BY created_at_ms DESC, id DESC LIMIT 1`,
    )
    .bind(roomId, memberId)
    .first()

/** A member's appointments past this place in time, the nearest first, whichever side they are on. */
export async function readComing(
  db: D1Database,
  memberId: MemberId,
  after: (string | number)[],
  limit: number,
): Promise<AppointmentRow[]> {
  const of = (side: 'seller' | 'buyer') => `SELECT * FROM (SELECT ${ROW} FROM appointments
WHERE ${side}_id = ?1 AND state = 'set' AND (meet_at_ms, id) > (?2, ?3) ORDER BY meet_at_ms, id LIMIT ?4)`
  const { results } = await db
    .prepare(`${of('seller')} UNION ALL ${of('buyer')} ORDER BY meetAtMs, id LIMIT ?4`)
    .bind(memberId, ...after, limit)
    .all<AppointmentRow>()
  return results
}

/** Those set about a thing with anyone but this buyer, still to come. */
export async function readWithOthers(
  db: D1Database,
  about: { listingId: ListingId; buyerId: MemberId },
  nowMs: number,
  limit: number,
): Promise<AppointmentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM appointments WHERE listing_id = ? AND state = 'set' AND meet_at_ms > ? AND buyer_id <> ?
ORDER BY meet_at_ms LIMIT ?`,
    )
    .bind(about.listingId, nowMs, about.buyerId, limit)
    .all<AppointmentRow>()
  return results
}

/** A new one; while another is set in the room it aborts on `appointments.room_id`. One whose time has passed makes room. */
export const insertAppointment = (db: D1Database, row: AppointmentRow): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE appointments SET state = 'over', remind_at_ms = NULL, version = version + 1
WHERE room_id = ? AND state = 'set' AND meet_at_ms <= ?`,
    )
    .bind(row.roomId, row.createdAtMs),
  db
    .prepare(
      `INSERT INTO appointments (id, room_id, listing_id, seller_id, buyer_id, place, meet_at_ms, state, set_by, remind_at_ms,
  version, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      row.id,
      row.roomId,
      row.listingId,
      row.sellerId,
      row.buyerId,
      row.place,
      row.meetAtMs,
      row.state,
      row.setBy,
      row.remindAtMs,
      row.version,
      row.createdAtMs,
    ),
]

/** Writes a changed row over the version before it; when that one is gone the guard aborts the batch. */
export const replaceAppointment = (db: D1Database, row: AppointmentRow): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE appointments SET place = ?, meet_at_ms = ?, state = ?, set_by = ?, seller_said = ?, buyer_said = ?,
  remind_at_ms = ?, version = ? WHERE id = ? AND version = ?`,
    )
    .bind(
      row.place,
      row.meetAtMs,
      row.state,
      row.setBy,
      row.sellerSaid,
      row.buyerSaid,
      row.remindAtMs,
      row.version,
      row.id,
      row.version - 1,
    ),
  assertChangedOne(db),
]

/** Whose reminder is due. */
export async function readToRemind(db: D1Database, nowMs: number, limit: number): Promise<AppointmentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM appointments WHERE remind_at_ms IS NOT NULL AND remind_at_ms <= ? ORDER BY remind_at_ms LIMIT ?`,
    )
    .bind(nowMs, limit)
    .all<AppointmentRow>()
  return results
}

/** Those whose time for saying how it went is over; a tick that is late or comes twice ends the same ones. */
export const endAppointments = (db: D1Database, meetBeforeMs: number, limit: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE appointments SET state = 'over', remind_at_ms = NULL, version = version + 1
WHERE id IN (SELECT id FROM appointments WHERE state = 'set' AND meet_at_ms < ? ORDER BY meet_at_ms LIMIT ?)`,
    )
    .bind(meetBeforeMs, limit)
