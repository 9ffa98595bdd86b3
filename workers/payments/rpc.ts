import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { HoldId, MemberId, TradeId } from '#contracts/ids'
import type { Cause, Hold } from '#contracts/payments'
import type { PaymentsApi } from '#contracts/payments.api'
import { nowMs } from '#kit/clock'
import { readEnv } from '#kit/env'
import { PaymentsEnv } from './env.ts'
import { type HoldOrder, hold, holdsOf, holdsOfMany, prolong, release } from './hold.service.ts'
import { type Reported, reportIncident } from './incident.service.ts'
import type { SettlementOrder } from './settlement.rules.ts'
import { type RefundOrder, refund, settle } from './settlement.service.ts'
import { sweep } from './sweep.service.ts'
import { mayLeave } from './wallet.service.ts'

/** What other workers may ask of payments. What a call is for is in the ids of its request, so that a repeat moves nothing. */
export class PaymentsRpc extends WorkerEntrypoint<object> implements PaymentsApi {
  /** Puts the money of all lines aside, or of none. */
  async hold(_ctx: CallContext, order: HoldOrder): Promise<Result<Hold[]>> {
    return await hold(this.#env(), order, nowMs())
  }

  /** Takes from holds and gives on, in one step. */
  async settle(_ctx: CallContext, order: SettlementOrder): Promise<Result<Hold[]>> {
    return await settle(this.#env(), order, nowMs())
  }

  /** Gives all of the holds back. */
  async release(_ctx: CallContext, { holdIds }: { holdIds: HoldId[] }): Promise<Result<Hold[]>> {
    return await release(this.#env(), holdIds, nowMs())
  }

  /** Lets open holds live longer. */
  async prolong(
    _ctx: CallContext,
    request: { holdIds: HoldId[]; nextAtMs: number | null; expiresAtMs: number },
  ): Promise<Result<Hold[]>> {
    return await prolong(this.#env(), request, nowMs())
  }

  /** The holds of a process as they stand. */
  async holdsOf(_ctx: CallContext, cause: Cause): Promise<Result<Hold[]>> {
    return await holdsOf(this.#env(), cause)
  }

  /** The holds of many trades as they stand. */
  async holdsOfMany(
    _ctx: CallContext,
    tradeIds: TradeId[],
  ): Promise<Result<{ tradeId: TradeId; holds: Hold[] }[]>> {
    return await holdsOfMany(this.#env(), tradeIds)
  }

  /** Money back after a settlement. */
  async refund(_ctx: CallContext, order: RefundOrder): Promise<Result<null>> {
    return await refund(this.#env(), order, nowMs())
  }

  /** Whether a member may leave. */
  async mayLeave(_ctx: CallContext, memberId: MemberId): Promise<Result<null>> {
    return await mayLeave(this.#env(), memberId, nowMs())
  }

  /** Another domain's audit found this. */
  async reportIncident(_ctx: CallContext, incident: Reported): Promise<void> {
    await reportIncident(this.#env(), incident, nowMs())
  }

  /** The minute's work. */
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(this.#env(), now)
  }

  #env(): PaymentsEnv {
    return readEnv(PaymentsEnv, this.env)
  }
}
