import { WorkerEntrypoint } from 'cloudflare:workers'
import type { ModerationApi } from '#contracts/moderation.api'
import { readEnv } from '#kit/env'
import { ModerationEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class ModerationRpc extends WorkerEntrypoint<object> implements ModerationApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(ModerationEnv, this.env), now)
  }
}
