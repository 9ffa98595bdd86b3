import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Ticking } from '#contracts/call'
import { readEnv } from '#kit/env'
import { CouponsEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class CouponsRpc extends WorkerEntrypoint<object> implements Ticking {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(CouponsEnv, this.env), now)
  }
}
