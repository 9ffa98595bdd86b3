import { type EventOf, type EventType, MadangEvent } from '#contracts/events'
import type { EventId, MemberId } from '#contracts/ids'
import { type Domain, inboxBindingOf, SUBSCRIPTIONS } from '#contracts/subscriptions'
import { DAY_MS, nowMs, SECOND_MS } from './clock.ts'
import { newId } from './id.ts'
import { describeError, log } from './log.ts'

/** A queue's batch may hold 100 messages and 256 KB (of 1,000 bytes each); the rest is room for what the queue adds to each. */
const RELAY_BATCH = 25
const RELAY_BYTES_MAX = 240_000
const RELAY_MESSAGES_MAX = 100
/** One sweep of the tick sends at most this many; what is left waits a minute. */
const RELAY_SWEEP_MAX = 500
/** A row younger than this is left to the request that wrote it, which relays at once. */
const RELAY_GRACE_MS = 5 * SECOND_MS
/** Sent rows stay this long, so that a queue that lost them (the local one is memory only) can be filled again. */
const SENT_KEPT_MS = 3 * DAY_MS

export type Fact<Type extends EventType> = {
  type: Type
  aggregateId: string
  version: number
  actorId: MemberId | null
  requestId: string
  data: EventOf<Type>['data']
}

/** A fact made into an event, ready to be put into the outbox. */
export function eventOf<Type extends EventType>(fact: Fact<Type>, atMs: number): EventOf<Type> {
  // Parsing here stops a malformed fact at its writer; the parse also narrows the union to this type.
  return MadangEvent.parse({ id: newId('evt', atMs), v: 1, at: atMs, ...fact }) as EventOf<Type>
}

/** The statement that puts an event into the outbox; it stands in the same batch as the change it tells of. */
export const outboxPut = (db: D1Database, event: MadangEvent): D1PreparedStatement =>
  db
    .prepare('INSERT INTO outbox (id, type, event, created_at_ms) VALUES (?, ?, ?, ?)')
    .bind(event.id, event.type, JSON.stringify(event), event.at)

/** A fact under an id made from what it tells (`derivedId`), ready to be put into the outbox by who may come twice with it. */
export function eventOnce<Type extends EventType>(
  fact: Fact<Type>,
  id: EventId,
  atMs: number,
): EventOf<Type> {
  return MadangEvent.parse({ id, v: 1, at: atMs, ...fact }) as EventOf<Type>
}

/** As `outboxPut`, for an event with a derived id: what is there already stays as it is. */
export const outboxPutOnce = (db: D1Database, event: MadangEvent): D1PreparedStatement =>
  db
    .prepare('INSERT OR IGNORE INTO outbox (id, type, event, created_at_ms) VALUES (?, ?, ?, ?)')
    .bind(event.id, event.type, JSON.stringify(event), event.at)

/** The inbox queues a producer may write to, by their binding's name (SEARCH_INBOX …). */
export type InboxQueues = Partial<Record<ReturnType<typeof inboxBindingOf<Domain>>, Queue>>

/**
 * Sends freshly committed events at once; behind a reply `tell` does it, with those of others. When it fails, or the process dies before
 * or half way, the tick sends them (again): hearers drop what they have already handled.
 */
export async function relay(db: D1Database, queues: InboxQueues, events: MadangEvent[]): Promise<void> {
  try {
    await send(queues, events)
    await markSent(
      db,
      events.map((event) => event.id),
      nowMs(),
    )
  } catch (error) {
    log('warn', 'relay put off to the tick', describeError(error))
  }
}

/**
 * The tick's sweep: sends what nobody marked as sent, and with `resendSentSinceMs` also what was sent since then (after a
 * start of a runtime whose queues forget). Returns how many events were sent. Two sweeps at once only send twice.
 */
export async function relayWaiting(
  db: D1Database,
  queues: InboxQueues,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<number> {
  let relayed = 0
  while (relayed < RELAY_SWEEP_MAX) {
    const rows = await waitingRows(db, now.atMs)
    if (rows.length === 0) break
    await send(
      queues,
      rows.map(({ event }) => MadangEvent.parse(JSON.parse(event))),
    )
    await markSent(
      db,
      rows.map(({ id }) => id),
      now.atMs,
    )
    relayed += rows.length
  }
  return (
    relayed +
    (now.resendSentSinceMs === undefined ? 0 : await resendSent(db, queues, now.resendSentSinceMs, now.atMs))
  )
}

async function waitingRows(db: D1Database, atMs: number): Promise<{ id: string; event: string }[]> {
  const rows = await db
    .prepare(
      'SELECT id, event FROM outbox WHERE sent_at_ms IS NULL AND created_at_ms <= ? ORDER BY created_at_ms LIMIT ?',
    )
    .bind(atMs - RELAY_GRACE_MS, RELAY_BATCH)
    .all<{ id: string; event: string }>()
  return rows.results
}

/** All of a time, page by page: whichever of them the queue had not delivered is not known. What is sent meanwhile is not lost. */
async function resendSent(
  db: D1Database,
  queues: InboxQueues,
  sinceMs: number,
  untilMs: number,
): Promise<number> {
  let resent = 0
  let after = { sentAtMs: sinceMs, id: '' }
  for (;;) {
    const { results } = await db
      .prepare(
        `SELECT id, sent_at_ms AS sentAtMs, event FROM outbox WHERE sent_at_ms >= ?1 AND sent_at_ms <= ?3 AND (sent_at_ms > ?1 OR id > ?2)
         ORDER BY sent_at_ms, id LIMIT ?4`,
      )
      .bind(after.sentAtMs, after.id, untilMs, RELAY_MESSAGES_MAX)
      .all<{ id: string; sentAtMs: number; event: string }>()
    const last = results.at(-1)
    if (last === undefined) return resent
    await send(
      queues,
      results.map(({ event }) => MadangEvent.parse(JSON.parse(event))),
    )
    resent += results.length
    after = last
  }
}

async function send(queues: InboxQueues, events: MadangEvent[]): Promise<void> {
  const byHearer = new Map<Domain, MadangEvent[]>()
  for (const event of events) {
    for (const hearer of SUBSCRIPTIONS[event.type])
      byHearer.set(hearer, [...(byHearer.get(hearer) ?? []), event])
  }
  await Promise.all(
    Array.from(byHearer, async ([hearer, heard]) => {
      const queue = queues[inboxBindingOf(hearer)]
      if (!queue) throw new Error(`no producer binding ${inboxBindingOf(hearer)}`)
      for (const batch of inBatches(heard))
        await queue.sendBatch(batch.map((body) => ({ body, contentType: 'json' as const })))
    }),
  )
}

/** In their order, each batch as many and as large as a queue takes: a story of 4,000 syllables is 12 KB, a crowd of 500 ids 15 KB. */
export function inBatches(events: MadangEvent[]): MadangEvent[][] {
  if (events.length < 2) return [events]
  const batches: MadangEvent[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const event of events) {
    const size = new TextEncoder().encode(JSON.stringify(event)).byteLength
    if (bytes + size > RELAY_BYTES_MAX || batches.at(-1)?.length === RELAY_MESSAGES_MAX) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(event)
    bytes += size
  }
  return batches
}

async function markSent(db: D1Database, ids: string[], atMs: number): Promise<void> {
  await db
    .prepare(
      'UPDATE outbox SET sent_at_ms = ? WHERE sent_at_ms IS NULL AND id IN (SELECT value FROM json_each(?))',
    )
    .bind(atMs, JSON.stringify(ids))
    .run()
}

/** Statements that forget what is old: sent events, handled ids past any redelivery, first answers past their day. */
export const sweepPlatformTables = (db: D1Database, atMs: number): D1PreparedStatement[] => [
  db.prepare('DELETE FROM outbox WHERE sent_at_ms < ?').bind(atMs - SENT_KEPT_MS),
  db.prepare('DELETE FROM inbox WHERE handled_at_ms < ?').bind(atMs - INBOX_KEPT_MS),
  db.prepare('DELETE FROM idempotency_keys WHERE claimed_at_ms < ?').bind(atMs - IDEMPOTENCY_KEPT_MS),
]

/** Longer than queues keep a message (4 days by default) and longer than the outbox could send again. */
const INBOX_KEPT_MS = 8 * DAY_MS
const IDEMPOTENCY_KEPT_MS = 25 * 60 * 60 * SECOND_MS
