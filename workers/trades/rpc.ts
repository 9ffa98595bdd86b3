import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { TradeId } from '#contracts/ids'
import type { TradeState } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { readEnv } from '#kit/env'
import { ok } from '#kit/result'
import { TradesEnv } from './env.ts'
import { readStates } from './escrow.store.ts'
import { sweep } from './sweep.service.ts'

/** What other domains ask of trades; see contracts/trades.api. */
export class TradesRpc extends WorkerEntrypoint<object> implements TradesApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(TradesEnv, this.env), now)
  }

  async states(_ctx: CallContext, ids: TradeId[]): Promise<Result<{ id: TradeId; state: TradeState }[]>> {
    return ok(await readStates(readEnv(TradesEnv, this.env).DB, ids))
  }
}
