import type { RoomId } from '#contracts/ids'
import { forgetMessages } from './search.store.ts'

/** Rooms whose time is over. */
export async function duePurges(db: D1Database, atMs: number, limit: number): Promise<RoomId[]> {
  const { results } = await db
    .prepare(
      'SELECT id FROM rooms WHERE purge_at_ms IS NOT NULL AND purge_at_ms <= ? ORDER BY purge_at_ms LIMIT ?',
    )
    .bind(atMs, limit)
    .all<{ id: RoomId }>()
  return results.map(({ id }) => id)
}

/** Everything the database has of a room. */
export const forgetRoom = (db: D1Database, roomId: RoomId): D1PreparedStatement[] => [
  ...forgetMessages(db, roomId),
  db.prepare('DELETE FROM errands WHERE room_id = ?').bind(roomId),
  db.prepare('DELETE FROM memberships WHERE room_id = ?').bind(roomId),
  db.prepare('DELETE FROM rooms WHERE id = ?').bind(roomId),
]

export const sweepGoneListings = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM gone_listings WHERE gone_at_ms < ?').bind(beforeMs)
