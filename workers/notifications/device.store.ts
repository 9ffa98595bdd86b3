import type { DeviceId, MemberId } from '#contracts/ids'
import { DEVICES_MAX } from '#contracts/notifications'
import { assertChangedOne } from '#kit/d1'
import type { Locale } from '#kit/problem'

/** A browser that takes push messages, with what they are sealed with. */
export type DeviceRow = {
  id: DeviceId
  endpoint: string
  p256dh: string
  auth: string
  label: string
  locale: Locale
  addedAtMs: number
  reachedAtMs: number | null
}
const ROW =
  'id, endpoint, p256dh, auth, label, locale, added_at_ms AS addedAtMs, reached_at_ms AS reachedAtMs'

/** A member's devices, the one heard of last first. */
export async function devicesOf(db: D1Database, memberId: MemberId): Promise<DeviceRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${ROW} FROM devices WHERE member_id = ? ORDER BY heard_at_ms DESC, id LIMIT ${DEVICES_MAX}`,
    )
    .bind(memberId)
    .all<DeviceRow>()
  return results
}

export const deviceAt = (db: D1Database, memberId: MemberId, endpoint: string): Promise<DeviceRow | null> =>
  db
    .prepare(`SELECT ${ROW} FROM devices WHERE endpoint = ? AND member_id = ?`)
    .bind(endpoint, memberId)
    .first<DeviceRow>()

/**
 * Keeps a device. What another member has at this endpoint goes when it has the same keys: it is the same browser, whose person is
 * another one now. With other keys the batch is aborted: to know an endpoint is not to have the browser. Of too many, the one heard of
 * longest ago goes.
 */
export const keepDevice = (
  db: D1Database,
  memberId: MemberId,
  device: DeviceRow,
  atMs: number,
): D1PreparedStatement[] => [
  db
    .prepare('DELETE FROM devices WHERE endpoint = ? AND member_id <> ? AND p256dh = ? AND auth = ?')
    .bind(device.endpoint, memberId, device.p256dh, device.auth),
  db
    .prepare(
      `INSERT INTO devices (id, member_id, endpoint, p256dh, auth, label, locale, added_at_ms, heard_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label,
  locale = excluded.locale, heard_at_ms = excluded.heard_at_ms
WHERE devices.member_id = excluded.member_id`,
    )
    .bind(
      ...[device.id, memberId, device.endpoint, device.p256dh, device.auth, device.label, device.locale],
      ...[device.addedAtMs, atMs],
    ),
  assertChangedOne(db),
  db
    .prepare(
      `DELETE FROM devices WHERE member_id = ?1 AND id NOT IN
  (SELECT id FROM devices WHERE member_id = ?1 ORDER BY heard_at_ms DESC, id LIMIT ${DEVICES_MAX})`,
    )
    .bind(memberId),
]

/** False when the member has no such device. */
export async function removeDevice(db: D1Database, memberId: MemberId, id: DeviceId): Promise<boolean> {
  const removed = await db
    .prepare('DELETE FROM devices WHERE id = ? AND member_id = ?')
    .bind(id, memberId)
    .run()
  return removed.meta.changes === 1
}

/** Its push service says it is gone. One that subscribed anew meanwhile, with other keys, stays. */
export const forgetDevice = (db: D1Database, { id, p256dh, auth }: DeviceRow): D1PreparedStatement =>
  db.prepare('DELETE FROM devices WHERE id = ? AND p256dh = ? AND auth = ?').bind(id, p256dh, auth)

export const noteReached = (db: D1Database, id: DeviceId, atMs: number): D1PreparedStatement =>
  db.prepare('UPDATE devices SET reached_at_ms = ?1, heard_at_ms = ?1 WHERE id = ?2').bind(atMs, id)

export const dropDevicesOf = (db: D1Database, memberId: MemberId): D1PreparedStatement =>
  db.prepare('DELETE FROM devices WHERE member_id = ?').bind(memberId)
