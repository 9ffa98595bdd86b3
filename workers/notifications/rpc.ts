import { WorkerEntrypoint } from 'cloudflare:workers'
import type { NotificationsApi } from '#contracts/notifications.api'
import { readEnv } from '#kit/env'
import { NotificationsEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class NotificationsRpc extends WorkerEntrypoint<object> implements NotificationsApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(NotificationsEnv, this.env), now)
  }
}
