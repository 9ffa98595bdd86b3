import type { Result } from '#contracts/errors'
import type { ListingId } from '#contracts/ids'
import type { Sighting } from '#contracts/listings.api'
import { tellLooks } from '#do/tally/index'
import type { Batch } from '#do/tally/tally.rules'
import { nowMs, townDay } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import { tellCounts } from './counts.service.ts'
import type { ListingsEnv } from './env.ts'
import { addViews, readSellers, startFlush } from './view.store.ts'

/** Looks gathered in front of the cache. Who looked is kept as a mark that means nothing the next day. */
export async function noteSightings(env: Pick<ListingsEnv, 'TALLY'>, sightings: Sighting[]): Promise<void> {
  const day = townDay(nowMs())
  const looks = await Promise.all(
    sightings.map(
      async ({ listingId, visitor }) => [listingId, await markOf(day, listingId, visitor)] as const,
    ),
  )
  await tellLooks(env.TALLY, looks)
}

/** One look told by the visitor's own client. */
export async function lookAt(env: ListingsEnv, listingId: ListingId, visitor: string): Promise<Result<null>> {
  if (!(await readSellers(env.DB, [listingId])).has(listingId)) return refuse('NOT_FOUND')
  await noteSightings(env, [{ listingId, visitor }])
  return ok(null)
}

/**
 * A tally's batch into the counters: the sellers' own looks left out, then one batch that also notes its number. Coming a
 * second time under that number it aborts there, and counts once. What the counters then are is told in one fact a listing.
 */
export async function flushViews(env: ListingsEnv, tally: string, batch: Batch): Promise<void> {
  const ids = Object.keys(batch.looks)
  const sellers = await readSellers(env.DB, ids)
  const views: { id: string; views: number }[] = []
  for (const [id, marks] of Object.entries(batch.looks)) {
    const sellerId = sellers.get(id)
    if (!sellerId) continue
    const own = await markOf(batch.day, id, sellerId)
    const count = marks.filter((mark) => mark !== own).length
    if (count > 0) views.push({ id, views: count })
  }
  const outcome = await runBatch(env.DB, [
    startFlush(env.DB, tally, batch.sequence, nowMs()),
    ...addViews(env.DB, views),
  ])
  if (outcome.kind === 'aborted' && !outcome.constraint.startsWith('tally_flushes.'))
    throw new Error(`views refused by ${outcome.constraint}`)
  await tellCounts(env, nowMs())
}

const MARK_LENGTH = 12

async function markOf(day: string, listingId: string, visitor: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${day} ${listingId} ${visitor}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...digest)).slice(0, MARK_LENGTH)
}
