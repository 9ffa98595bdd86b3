import { WorkerEntrypoint } from 'cloudflare:workers'
import type { TradesApi } from '#contracts/trades.api'
import { readEnv } from '#kit/env'
import { TradesEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class TradesRpc extends WorkerEntrypoint<object> implements TradesApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(TradesEnv, this.env), now)
  }
}
