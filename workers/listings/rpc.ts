import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { CommentId, ListingId, TradeId } from '#contracts/ids'
import type { Comment, ListingCard, ListListings } from '#contracts/listings'
import type { ListingsApi, SaleFacts, Sighting } from '#contracts/listings.api'
import type { Page } from '#contracts/page'
import { readEnv } from '#kit/env'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import { ok } from '#kit/result'
import { tell } from '#kit/telling'
import { tellCounts } from './counts.service.ts'
import {
  type DealRequest,
  liftOverdue,
  markSold,
  type ReserveRequest,
  reopen,
  reserve,
  unreserve,
} from './deal.service.ts'
import { ListingsEnv } from './env.ts'
import { cardOfAny, commentOfAny, type HideRequest, hideByOperator } from './hiding.service.ts'
import { listListings } from './list.service.ts'
import type { Written } from './listing.service.ts'
import { readSales, sweepGone } from './listing.store.ts'
import { settleDeadIntents } from './photos.service.ts'
import { noteSightings } from './view.service.ts'
import { sweepFlushes } from './view.store.ts'
import { clearAllWithdrawn } from './withdrawal.service.ts'

/** What other domains ask of listings; see contracts/listings.api. */
export class ListingsRpc extends WorkerEntrypoint<ListingsEnv> implements ListingsApi {
  async list(_ctx: CallContext, query: ListListings): Promise<Result<Page<ListingCard>>> {
    return await listListings(this.#env(), query)
  }

  async card(_ctx: CallContext, id: ListingId): Promise<Result<ListingCard>> {
    return await cardOfAny(this.#env().DB, id)
  }

  async comment(_ctx: CallContext, id: CommentId): Promise<Result<Comment>> {
    return await commentOfAny(this.#env().DB, id)
  }

  async reserve({ requestId }: CallContext, request: ReserveRequest): Promise<Result<ListingCard>> {
    return this.#told(await reserve(this.#env(), request, requestId))
  }

  async unreserve(
    { requestId }: CallContext,
    request: { id: ListingId; tradeId: TradeId },
  ): Promise<Result<null>> {
    return this.#told(await unreserve(this.#env(), request, requestId))
  }

  async markSold({ requestId }: CallContext, request: DealRequest): Promise<Result<ListingCard>> {
    return this.#told(await markSold(this.#env(), request, requestId))
  }

  async reopen({ requestId }: CallContext, request: DealRequest): Promise<Result<null>> {
    return this.#told(await reopen(this.#env(), request, requestId))
  }

  async salesOf(_ctx: CallContext, ids: ListingId[]): Promise<Result<SaleFacts[]>> {
    return ok(await readSales(this.#env().DB, ids))
  }

  async hideByOperator({ requestId }: CallContext, request: HideRequest): Promise<Result<null>> {
    return this.#told(await hideByOperator(this.#env(), request, requestId))
  }

  async seen(_ctx: CallContext, sightings: Sighting[]): Promise<void> {
    await noteSightings(this.#env(), sightings)
  }

  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    const env = this.#env()
    const cleared = await clearAllWithdrawn(env)
    const settled = await settleDeadIntents(env, now.atMs)
    const lifted = await liftOverdue(env, now.atMs)
    const told = await tellCounts(env, now.atMs)
    const relayed = await relayWaiting(env.DB, env, now)
    const sweeps = [
      ...sweepGone(env.DB, now.atMs),
      sweepFlushes(env.DB, now.atMs),
      ...sweepPlatformTables(env.DB, now.atMs),
    ]
    const results = await env.DB.batch(sweeps)
    const swept = results.reduce((sum, { meta }) => sum + meta.changes, 0)
    return { relayed, swept: swept + cleared + settled + lifted + told }
  }

  /** Relays what a change told and answers its value. */
  #told<Value>(written: Written<Value>): Result<Value> {
    if (!written.ok) return written
    const env = this.#env()
    tell({ env, executionCtx: this.ctx }, written.value.events)
    return ok(written.value.value)
  }

  #env(): ListingsEnv {
    return readEnv(ListingsEnv, this.env)
  }
}
