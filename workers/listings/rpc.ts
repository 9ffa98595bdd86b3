import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { ListingCard, ListListings } from '#contracts/listings'
import type { ListingsApi, Sighting } from '#contracts/listings.api'
import type { Page } from '#contracts/page'
import { readEnv } from '#kit/env'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { tellCounts } from './counts.service.ts'
import { ListingsEnv } from './env.ts'
import { listListings } from './list.service.ts'
import { sweepGone } from './listing.store.ts'
import { settleDeadIntents } from './photos.service.ts'
import { noteSightings } from './view.service.ts'
import { sweepFlushes } from './view.store.ts'
import { clearAllWithdrawn } from './withdrawal.service.ts'

/** What other domains ask of listings; see contracts/listings.api. */
export class ListingsRpc extends WorkerEntrypoint<ListingsEnv> implements ListingsApi {
  async list(_ctx: CallContext, query: ListListings): Promise<Result<Page<ListingCard>>> {
    return await listListings(this.#env(), query)
  }

  async seen(_ctx: CallContext, sightings: Sighting[]): Promise<void> {
    await noteSightings(this.#env(), sightings)
  }

  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    const env = this.#env()
    const cleared = await clearAllWithdrawn(env)
    const settled = await settleDeadIntents(env, now.atMs)
    const told = await tellCounts(env, now.atMs)
    const relayed = await relayWaiting(env.DB, env, now)
    const sweeps = [
      ...sweepGone(env.DB, now.atMs),
      sweepFlushes(env.DB, now.atMs),
      ...sweepPlatformTables(env.DB, now.atMs),
    ]
    const results = await env.DB.batch(sweeps)
    const swept = results.reduce((sum, { meta }) => sum + meta.changes, 0)
    return { relayed, swept: swept + cleared + settled + told }
  }

  #env(): ListingsEnv {
    return readEnv(ListingsEnv, this.env)
  }
}
