import type { TransferId } from '#contracts/ids'
import type { AccountId } from './ledger.store.ts'

/** The digest of what was settled under this id; null when nothing was. */
export async function readSettlement(db: D1Database, id: string): Promise<string | null> {
  const row = await db
    .prepare('SELECT digest FROM settlements WHERE id = ?')
    .bind(id)
    .first<{ digest: string }>()
  return row?.digest ?? null
}

/** Stands first in its batch, so that a repeat aborts on its key and not on a hold that the first one resolved. */
export const insertSettlement = (
  db: D1Database,
  { id, digest, atMs }: { id: string; digest: string; atMs: number },
): D1PreparedStatement =>
  db.prepare('INSERT INTO settlements (id, digest, at_ms) VALUES (?, ?, ?)').bind(id, digest, atMs)

export type MovedRow = { debit: AccountId; credit: AccountId; amount: number }

/** A transfer as it was written; null when there is none of this id. */
export const readMoved = (db: D1Database, id: TransferId): Promise<MovedRow | null> =>
  db.prepare('SELECT debit, credit, amount FROM transfers WHERE id = ?').bind(id).first<MovedRow>()
