import type { MemberId } from '#contracts/ids'

/** The stored hash of a member's PIN; null when they have set none. */
export async function readPin(db: D1Database, memberId: MemberId): Promise<string | null> {
  const row = await db
    .prepare('SELECT hash FROM pins WHERE member_id = ?')
    .bind(memberId)
    .first<{ hash: string }>()
  return row?.hash ?? null
}

/** Sets or replaces it. */
export const putPin = (
  db: D1Database,
  { memberId, hash, atMs }: { memberId: MemberId; hash: string; atMs: number },
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO pins (member_id, hash, set_at_ms) VALUES (?, ?, ?)
       ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms`,
    )
    .bind(memberId, hash, atMs)

/** What goes when its member leaves: the PIN. The account stays, and with it the books; nobody can send to it any more. */
export const closeStatements = (db: D1Database, memberId: MemberId, atMs: number): D1PreparedStatement[] => [
  db.prepare('DELETE FROM pins WHERE member_id = ?').bind(memberId),
  db
    .prepare(
      `INSERT INTO accounts (id, kind, owner, closed_at_ms) VALUES (?, 'member', ?, ?)
       ON CONFLICT (id) DO UPDATE SET closed_at_ms = coalesce(closed_at_ms, excluded.closed_at_ms)`,
    )
    .bind(`member:${memberId}`, memberId, atMs),
]
