import { DAY_MS } from '#kit/clock'
import { sweepPlatformTables } from '#kit/outbox'
import { sweepWithdrawn } from './alert.store.ts'
import { sweepOver } from './group-buy.projection.store.ts'
import { forgetOldSearches } from './popular.service.ts'
import { sweepTombstones } from './projection.store.ts'

/** Longer than any queue, outbox or dead letter under repair could still bring an old fact of a deleted listing, or of a group buy that is over. */
const TOMBSTONE_KEPT_MS = 90 * DAY_MS
/** Much longer than an access token lives. */
const WITHDRAWN_KEPT_MS = DAY_MS

/** The tick's sweep: everything in it may run twice or late. Returns how many rows went. */
export async function sweep(db: D1Database, atMs: number): Promise<number> {
  const results = await db.batch([
    ...sweepPlatformTables(db, atMs),
    ...forgetOldSearches(db, atMs),
    sweepTombstones(db, atMs - TOMBSTONE_KEPT_MS),
    sweepOver(db, atMs - TOMBSTONE_KEPT_MS),
    sweepWithdrawn(db, atMs - WITHDRAWN_KEPT_MS),
  ])
  return results.reduce((rows, { meta }) => rows + meta.changes, 0)
}
