import type { MadangEvent } from '#contracts/events'
import type { ListingId } from '#contracts/ids'
import { assertChangedOne, runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut, relay } from '#kit/outbox'
import type { ListingsEnv } from './env.ts'

/** Facts told at a time, so that one batch stays small. */
const TOLD_AT_ONCE = 40
/** Rounds a call makes; what is left has the next flush or tick. */
const ROUNDS = 10

type Counted = {
  id: ListingId
  views: number
  wishes: number
  comments: number
  chats: number
  countsVersion: number
}

/**
 * Tells how the counters stand of every listing where they moved since last told: however often they moved, in one fact.
 * Two of these at once guard each other by the counters' own version: the later batch aborts and leaves it to the next call.
 */
export async function tellCounts(
  env: Pick<ListingsEnv, 'DB' | 'SEARCH_INBOX' | 'MEDIA_INBOX'>,
  atMs: number,
): Promise<number> {
  let told = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await readUncounted(env.DB)
    if (rows.length === 0) break
    const events = rows.map((row) => countedEvent(row, atMs))
    const outcome = await runBatch(env.DB, [
      ...rows.flatMap((row) => settleCounts(env.DB, row)),
      ...events.map((event) => outboxPut(env.DB, event)),
    ])
    if (outcome.kind === 'aborted') break
    await relay(env.DB, env, events)
    told += rows.length
  }
  return told
}

async function readUncounted(db: D1Database): Promise<Counted[]> {
  const { results } = await db
    .prepare(
      `SELECT id, views, wishes, comments, chats, counts_version AS countsVersion
FROM listings INDEXED BY listings_uncounted WHERE counts_dirty = 1 LIMIT ?`,
    )
    .bind(TOLD_AT_ONCE)
    .all<Counted>()
  return results
}

/** The counters as read are told; when one moved since, the row stays dirty for the next round's newer fact. */
const settleCounts = (db: D1Database, row: Counted): D1PreparedStatement[] => [
  db
    .prepare(
      `UPDATE listings SET counts_version = counts_version + 1,
  counts_dirty = NOT (views = ? AND wishes = ? AND comments = ? AND chats = ?) WHERE id = ? AND counts_version = ?`,
    )
    .bind(row.views, row.wishes, row.comments, row.chats, row.id, row.countsVersion),
  assertChangedOne(db),
]

function countedEvent(row: Counted, atMs: number): MadangEvent {
  const { id, views, wishes, comments, chats, countsVersion } = row
  return eventOf(
    {
      type: 'listing.counted',
      aggregateId: id,
      version: countsVersion + 1,
      actorId: null,
      requestId: `counts:${newId('evt', atMs)}`,
      data: { id, counts: { views, wishes, comments, chats } },
    },
    atMs,
  )
}
