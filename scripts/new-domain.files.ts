const pascal = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const screaming = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** The files of a new worker by their path from the root: the thinnest thing that starts, checks and can be asked. */
export function domainFiles(name: string, compatibilityDate: string): Record<string, string> {
  const Name = pascal(name)
  const inWorker = (file: string) => `workers/${name}/${file}`
  return {
    [`contracts/${name}.ts`]: `import { z } from '@hono/zod-openapi'

/** What ${name} tells of itself until it has a resource of its own. */
export const ${Name}Summary = z.object({ waitingEvents: z.int() }).openapi('${Name}Summary')
export type ${Name}Summary = z.infer<typeof ${Name}Summary>
`,
    [`contracts/${name}.api.ts`]: `import type { Ticking } from './call.ts'

/** RPC of the ${name} worker. */
export interface ${Name}Api extends Rpc.WorkerEntrypointBranded, Ticking {}
`,
    [inWorker('wrangler.toml')]: `name = "madang-${name}"
main = "index.ts"
compatibility_date = "${compatibilityDate}"
workers_dev = false

[secrets]
required = ["CURSOR_SECRET"]

[[d1_databases]]
binding = "DB"
database_name = "madang-${name}"
database_id = "madang-${name}"
migrations_dir = "../../migrations/${name}"

# Public keys of access tokens.
[[services]]
binding = "IDENTITY"
service = "madang-identity"
entrypoint = "IdentityRpc"
`,
    [inWorker('index.ts')]: `import { deadQueueOf } from '#contracts/subscriptions'
import { consume, keepDeadLetters } from '#kit/consume'
import { readEnv } from '#kit/env'
import { handlersOf } from './consumer.ts'
import { ${Name}Env } from './env.ts'
import { app } from './http.ts'

export { ${Name}Rpc } from './rpc.ts'

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch, raw: object): Promise<void> {
    const { DB } = readEnv(${Name}Env, raw)
    if (batch.queue === deadQueueOf('${name}')) return await keepDeadLetters(batch, DB)
    await consume(batch, DB, handlersOf())
  },
}
`,
    [inWorker('env.ts')]: `import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import { binding, secret } from '#kit/env'

export const ${Name}Env = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  CURSOR_SECRET: secret(),
})
export type ${Name}Env = z.infer<typeof ${Name}Env>
`,
    [inWorker('http.ts')]: `import { createRoute } from '@hono/zod-openapi'
import { ${Name}Summary } from '#contracts/${name}'
import { createApp } from '#kit/app'
import { jsonReply, problems } from '#kit/openapi'
import { ${Name}Env } from './env.ts'
import { summary } from './summary.service.ts'

export const app = createApp({
  worker: '${name}',
  env: ${Name}Env,
  keys: (env) => () => env.IDENTITY.jwks(),
})

const summaryRoute = createRoute({
  method: 'get',
  path: '/api/v1/${name}',
  tags: ['${name}'],
  summary: 'How ${name} stands',
  responses: { 200: jsonReply(${Name}Summary, 'The summary'), ...problems() },
})

app.openapi(summaryRoute, async (c) => c.json(await summary(c.env.DB), 200))
`,
    [inWorker('rpc.ts')]: `import { WorkerEntrypoint } from 'cloudflare:workers'
import type { ${Name}Api } from '#contracts/${name}.api'
import { readEnv } from '#kit/env'
import { ${Name}Env } from './env.ts'
import { sweep } from './sweep.service.ts'

export class ${Name}Rpc extends WorkerEntrypoint<object> implements ${Name}Api {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(${Name}Env, this.env), now)
  }
}
`,
    [inWorker('consumer.ts')]: `import type { Handlers } from '#kit/consume'

/** What ${name} does with each fact it hears: nothing yet. */
export const handlersOf = (): Handlers => ({})
`,
    [inWorker('summary.service.ts')]: `import type { ${Name}Summary } from '#contracts/${name}'
import { toSummary } from './summary.rules.ts'
import { countWaiting } from './summary.store.ts'

/** How ${name} stands. */
export const summary = async (db: D1Database): Promise<${Name}Summary> => toSummary(await countWaiting(db))
`,
    [inWorker('summary.rules.ts')]: `import type { ${Name}Summary } from '#contracts/${name}'

export const toSummary = (waitingEvents: number): ${Name}Summary => ({ waitingEvents })
`,
    [inWorker('summary.store.ts')]: `import { count, isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { outbox } from './schema.ts'

/** How many facts wait to be told. */
export async function countWaiting(db: D1Database): Promise<number> {
  const [row] = await drizzle(db).select({ waiting: count() }).from(outbox).where(isNull(outbox.sentAtMs))
  return row?.waiting ?? 0
}
`,
    [inWorker('sweep.service.ts')]: `import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import type { ${Name}Env } from './env.ts'

/** The minute's work: tells what waits, forgets what is old. Running twice or late is harmless. */
export async function sweep(
  env: ${Name}Env,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const relayed = await relayWaiting(env.DB, {}, now)
  const results = await env.DB.batch(sweepPlatformTables(env.DB, now.atMs))
  return { relayed, swept: results.reduce((sum, { meta }) => sum + meta.changes, 0) }
}
`,
    [inWorker('schema.ts')]: `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The platform's own table (migrations/${name}/0001_platform.sql), as far as the summary reads it. */
export const outbox = sqliteTable('outbox', {
  id: text('id').primaryKey(),
  sentAtMs: integer('sent_at_ms'),
})
`,
    [inWorker('README.md')]: `# ${name}

- Owns: the database \`madang-${name}\`; nothing of its own yet.
- Calls: identity (public keys).
- Emits: nothing.
- Hears: nothing.
`,
  }
}

/** What stays for a person to write, since it says what the domain is for. */
export const linesToAdd = (name: string): string =>
  [
    `contracts/subscriptions.ts   Domain: | '${name}'; its facts in PRODUCERS, what it hears in SUBSCRIPTIONS`,
    `wrangler.toml                [[services]] binding = "${screaming(name)}", service = "madang-${name}"`,
    `                             [[services]] binding = "${screaming(name)}_RPC", service = "madang-${name}", entrypoint = "${pascal(name)}Rpc"`,
    `workers/edge/env.ts          ${screaming(name)} and ${screaming(name)}_RPC; Upstream: | '${screaming(name)}'`,
    `workers/edge/routes.ts       ['/api/v1/${name}', '${screaming(name)}']`,
    `workers/edge/tick.ts         '${name}': env.${screaming(name)}_RPC`,
    `workers/${name}/wrangler.toml  a producer for each hearer of its facts; two consumers once it hears`,
  ].join('\n')
