import type { MadangEvent } from '#contracts/events'
import { nowMs } from './clock.ts'
import { type InboxQueues, relay } from './outbox.ts'

/** Facts committed within this go to the queues together, and are noted as sent together. Nobody's reply waits for it. */
const GATHER_MS = 30
/** Who gathers for longer than this has died: the tick sends what they had, and the next begins anew. */
const GATHER_MS_MAX = 1_000

type Gathering = { facts: MadangEvent[]; sinceMs: number }
const gatherings = new WeakMap<D1Database, Gathering>()

/** What `tell` needs of a request's context. */
type Telling = {
  env: { DB: D1Database } & InboxQueues
  executionCtx: { waitUntil(work: Promise<unknown>): void }
}

/** Sends committed facts behind the reply; what is not sent now the tick sends. */
export function tell(c: Telling, facts: readonly MadangEvent[]): void {
  if (facts.length > 0) c.executionCtx.waitUntil(relayTogether(c.env.DB, c.env, facts))
}

/**
 * As `relay`, with what others of this isolate commit in the same moment: of a crowd's facts some tens go with one sending and one write, where
 * each alone would cost as much as what it tells of. The first who comes sends for all; the others are answered at once.
 */
export async function relayTogether(
  db: D1Database,
  queues: InboxQueues,
  facts: readonly MadangEvent[],
): Promise<void> {
  const known = gatherings.get(db)
  if (known && nowMs() - known.sinceMs < GATHER_MS_MAX) {
    known.facts.push(...facts)
    return
  }
  const mine: Gathering = { facts: [...facts], sinceMs: nowMs() }
  gatherings.set(db, mine)
  await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
  if (gatherings.get(db) === mine) gatherings.delete(db)
  await relay(db, queues, mine.facts)
}
