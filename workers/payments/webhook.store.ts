export type KeptWebhook = { id: string; type: string; paymentId: string; atMs: number }

export const isWebhookKnown = async (db: D1Database, id: string): Promise<boolean> =>
  (await db.prepare('SELECT 1 FROM webhooks WHERE id = ?').bind(id).first()) !== null

/** Remembers what was handled; of two that came at once the second changes nothing. */
export const keepWebhook = (
  db: D1Database,
  { id, type, paymentId, atMs }: KeptWebhook,
): D1PreparedStatement =>
  db
    .prepare('INSERT OR IGNORE INTO webhooks (id, type, payment_id, at_ms) VALUES (?, ?, ?, ?)')
    .bind(id, type, paymentId, atMs)

/** Forgets what is older than any repeat. */
export const forgetWebhooks = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM webhooks WHERE at_ms < ?').bind(beforeMs)
