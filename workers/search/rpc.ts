import { WorkerEntrypoint } from 'cloudflare:workers'
import type { SearchApi } from '#contracts/search.api'
import { readEnv } from '#kit/env'
import { SearchEnv } from './env.ts'
import { sweep } from './sweep.service.ts'

export class SearchRpc extends WorkerEntrypoint implements SearchApi {
  async tick(now: { atMs: number }) {
    const { DB } = readEnv(SearchEnv, this.env)
    return { relayed: 0, swept: await sweep(DB, now.atMs) }
  }
}
