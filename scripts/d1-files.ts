import { createHash, createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { Worker } from './workers.ts'

const D1_OBJECT = 'miniflare-D1DatabaseObject'

/** A database's id locally: wrangler's own order of choice. */
export const databaseIdOf = (database: Worker['toml']['d1_databases'][number]): string =>
  database.preview_database_id ?? database.database_id ?? database.binding

/**
 * The SQLite file behind a local D1 database. It lies in a Durable Object of the runtime, whose file name is the id that
 * the runtime derives from the object's name. If a later runtime derives it in another way the file is not found, and
 * whoever asks falls back to asking through the binding.
 */
export function d1File(stateDir: string, databaseId: string): string {
  const key = createHash('sha256').update(D1_OBJECT).digest()
  const nameDigest = createHmac('sha256', key).update(databaseId).digest().subarray(0, 16)
  const check = createHmac('sha256', key).update(nameDigest).digest().subarray(0, 16)
  const id = Buffer.concat([nameDigest, check]).toString('hex')
  return join(stateDir, 'v3', 'd1', D1_OBJECT, `${id}.sqlite`)
}
