import { WorkerEntrypoint } from 'cloudflare:workers'
import { nowMs } from '#kit/clock'
import { readEnv } from '#kit/env'
import { clientOf } from './client.ts'
import { answerDevTick } from './dev-tick.ts'
import { EdgeEnv } from './env.ts'
import { pass } from './front.ts'
import { tickAll } from './tick.ts'

declare const MADANG_STAND_INS: boolean

export default {
  async fetch(request, raw, ctx) {
    const env = readEnv(EdgeEnv, raw)
    if (MADANG_STAND_INS && request.method === 'POST' && request.url.endsWith('/dev/tick'))
      return await answerDevTick(request, env)
    return await pass(request, env, ctx, { client: () => clientOf(request.headers), visitor: null })
  },
  async scheduled(_event, raw) {
    await tickAll(readEnv(EdgeEnv, raw), { atMs: nowMs() })
  },
} satisfies ExportedHandler<Record<string, unknown>>

/**
 * What the web worker asks its data through. It may say on whose behalf it asks, since only a binding reaches this: the
 * visitor and address the edge told it on the way in.
 */
export class PagesGateway extends WorkerEntrypoint<Record<string, unknown>> {
  override async fetch(request: Request): Promise<Response> {
    const { headers } = request
    const visitor = headers.get('x-madang-visitor')
    const client = () => ({ ...clientOf(headers), ip: headers.get('x-madang-ip') ?? clientOf(headers).ip })
    return await pass(request, readEnv(EdgeEnv, this.env), this.ctx, { client, visitor })
  }
}
