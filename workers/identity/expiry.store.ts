/**
 * What is over: sign-ups nobody confirmed (their names are free again), codes, sessions, letters. Letters that can no longer be
 * sent lose their text at once.
 */
export const expiries = (
  db: D1Database,
  { atMs, keptMs }: { atMs: number; keptMs: number },
): D1PreparedStatement[] => [
  db.prepare("DELETE FROM members WHERE state = 'pending' AND expires_at_ms <= ?").bind(atMs),
  db.prepare('DELETE FROM codes WHERE expires_at_ms <= ?').bind(atMs),
  db.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?').bind(atMs - keptMs),
  db.prepare('DELETE FROM sessions WHERE ended_at_ms <= ?').bind(atMs - keptMs),
  db
    .prepare(
      'UPDATE mails SET sealed = NULL WHERE sent_at_ms IS NULL AND sealed IS NOT NULL AND expires_at_ms <= ?',
    )
    .bind(atMs),
  db.prepare('DELETE FROM mails WHERE created_at_ms <= ?').bind(atMs - keptMs),
]
