import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Ticking } from '#contracts/call'
import { readEnv } from '#kit/env'
import { GroupBuysEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class GroupBuysRpc extends WorkerEntrypoint<object> implements Ticking {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(GroupBuysEnv, this.env), now)
  }
}
