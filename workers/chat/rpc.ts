import { WorkerEntrypoint } from 'cloudflare:workers'
import type { ChatApi } from '#contracts/chat.api'
import { readEnv } from '#kit/env'
import { ChatEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class ChatRpc extends WorkerEntrypoint<object> implements ChatApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(ChatEnv, this.env), now)
  }
}
