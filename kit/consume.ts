import { type EventOf, type EventType, MadangEvent } from '#contracts/events'
import { nowMs } from './clock.ts'
import { runBatch } from './d1.ts'
import { describeError, log } from './log.ts'

/** What an event changes here: statements for the batch, and what to do once they are committed. */
export type Effect = { statements: D1PreparedStatement[]; afterCommit?: () => Promise<void> }

/**
 * One handler an event type. It may read, and returns statements; it must not write on its own, and must stand a second
 * run (its first may have died before the commit). An event older than the projection's version becomes no change in SQL.
 */
export type Handlers = { [Type in EventType]?: (event: EventOf<Type>) => Effect | Promise<Effect> }

/** What waits for a neighbour that is down is handled within a minute of its return; a queue's hundred tries last three quarters of an hour. */
const RETRY_DELAY_MAX_SECONDS = 30

/**
 * Handles a batch message by message: the event's id goes into `inbox` in the same D1 batch as its effect, so a duplicate
 * aborts on the key and is acked; a failure is retried alone, later and later, and ends in the dead-letter queue.
 */
export async function consume(batch: MessageBatch, db: D1Database, handlers: Handlers): Promise<void> {
  const heard = batch.messages.map((message) => ({ message, event: MadangEvent.safeParse(message.body) }))
  const handled = handledAmong(
    db,
    heard.flatMap(({ event }) => event.data?.id ?? []),
  )
  for (const { message, event } of heard) {
    try {
      if (!event.success) throw event.error
      if (!(await handled).has(event.data.id)) await handle(event.data, db, handlers)
      message.ack()
    } catch (error) {
      log('warn', 'event will be retried', {
        queue: batch.queue,
        attempts: message.attempts,
        ...describeError(error),
      })
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, RETRY_DELAY_MAX_SECONDS) })
    }
  }
}

/** Which of a batch were handled before, asked at once. Whatever is handled meanwhile aborts on its key. */
async function handledAmong(db: D1Database, ids: string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { results } = await db
    .prepare('SELECT event_id AS id FROM inbox WHERE event_id IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(ids))
    .all<{ id: string }>()
  return new Set(results.map(({ id }) => id))
}

async function handle(event: MadangEvent, db: D1Database, handlers: Handlers): Promise<void> {
  // The table of handlers is keyed by the event's own type, which TypeScript cannot follow through a union.
  const handler = handlers[event.type] as ((event: MadangEvent) => Effect | Promise<Effect>) | undefined
  if (!handler) return
  const effect = await handler(event)
  const outcome = await runBatch(db, [inboxPut(db, event), ...effect.statements])
  if (outcome.kind === 'done') return await effect.afterCommit?.()
  if (outcome.constraint !== 'inbox.event_id') throw new Error(`effect refused by ${outcome.constraint}`)
}

const inboxPut = (db: D1Database, event: MadangEvent): D1PreparedStatement =>
  db
    .prepare('INSERT INTO inbox (event_id, type, handled_at_ms) VALUES (?, ?, ?)')
    .bind(event.id, event.type, nowMs())

/**
 * The consumer of a dead-letter queue: keeps every message as a row for the operator. A message whose row is already there
 * (delivered twice) is simply acked; one that cannot be kept stays in the queue.
 */
export async function keepDeadLetters(batch: MessageBatch, db: D1Database): Promise<void> {
  for (const message of batch.messages) {
    try {
      await db
        .prepare(
          'INSERT OR IGNORE INTO dead_letters (id, queue, body, error, died_at_ms) VALUES (?, ?, ?, ?, ?)',
        )
        .bind(deadLetterId(message), batch.queue, JSON.stringify(message.body), 'retries used up', nowMs())
        .run()
      log('error', 'dead letter kept', { queue: batch.queue, messageId: message.id })
      message.ack()
    } catch (error) {
      log('error', 'dead letter not kept', describeError(error))
      message.retry()
    }
  }
}

function deadLetterId(message: Message): string {
  const event = MadangEvent.safeParse(message.body)
  return event.success ? event.data.id : message.id
}

/**
 * Handles waiting dead letters anew, oldest first, as if they had just been delivered: what was handled before is known by its
 * event id, what still fails stays and is counted. Running it twice at once handles each letter once.
 */
export async function replayDeadLetters(
  db: D1Database,
  handlers: Handlers,
  limit: number,
): Promise<{ replayed: number; failed: number }> {
  const rows = await db
    .prepare('SELECT id, body FROM dead_letters WHERE replayed_at_ms IS NULL ORDER BY died_at_ms LIMIT ?')
    .bind(limit)
    .all<{ id: string; body: string }>()
  const count = { replayed: 0, failed: 0 }
  for (const { id, body } of rows.results) {
    try {
      await handle(MadangEvent.parse(JSON.parse(body)), db, handlers)
      await db.prepare('UPDATE dead_letters SET replayed_at_ms = ? WHERE id = ?').bind(nowMs(), id).run()
      count.replayed += 1
    } catch (error) {
      log('warn', 'dead letter failed again', { deadLetterId: id, ...describeError(error) })
      count.failed += 1
    }
  }
  return count
}
