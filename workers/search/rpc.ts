import { WorkerEntrypoint } from 'cloudflare:workers'
import type { SearchApi } from '#contracts/search.api'
import { readEnv } from '#kit/env'
import { relayWaiting } from '#kit/outbox'
import { SearchEnv } from './env.ts'
import { goOnWithScans } from './match.service.ts'
import { sweep } from './sweep.service.ts'

export class SearchRpc extends WorkerEntrypoint implements SearchApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }) {
    const env = readEnv(SearchEnv, this.env)
    await goOnWithScans(env)
    const relayed = await relayWaiting(env.DB, env, now)
    return { relayed, swept: await sweep(env.DB, now.atMs) }
  }
}
