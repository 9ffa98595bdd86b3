import type { Result } from '#contracts/errors'
import type { ListingId, MemberId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { type ListingRow, snapshotOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import type { Written } from './listing.service.ts'
import { readListing, replaceListing } from './listing.store.ts'

/** An edit that meets another one starts over with what that one left, so often. */
export const EDIT_TRIES = 3

/** What a change makes of a row; with nothing in `changed` nothing is written. */
export type Step = { row: ListingRow; statements: D1PreparedStatement[]; changed: string[] }

/** One change of a listing and its fact in one batch, tried again when another change was faster. */
export async function changeListing(
  env: ListingsEnv,
  by: { actorId: MemberId | null; requestId: string },
  id: ListingId,
  step: (row: ListingRow) => Result<Step> | Promise<Result<Step>>,
  completed: (row: ListingRow) => D1PreparedStatement[] = () => [],
): Promise<Written<ListingRow>> {
  for (let tries = 0; tries < EDIT_TRIES; tries++) {
    const row = await readListing(env.DB, id)
    if (!row) return refuse('NOT_FOUND')
    const stepped = await step(row)
    if (!stepped.ok) return stepped
    const { row: next, statements, changed } = stepped.value
    if (changed.length === 0) return ok({ value: row, events: [] })
    const before = { price: row.price, status: row.status }
    const event = eventOf(
      {
        type: 'listing.changed',
        aggregateId: id,
        version: next.version,
        actorId: by.actorId,
        requestId: by.requestId,
        data: { ...snapshotOf(next), changed, before },
      },
      nowMs(),
    )
    const writes = [...replaceListing(env.DB, next), outboxPut(env.DB, event)]
    const outcome = await runBatch(env.DB, [...writes, ...statements, ...completed(next)])
    if (outcome.kind === 'done') return ok({ value: next, events: [event] })
    if (outcome.constraint !== 'batch_guard.changed_one')
      throw new Error(`change refused by ${outcome.constraint}`)
  }
  return refuse('CONFLICT')
}
