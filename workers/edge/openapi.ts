import { z } from 'zod'
import { MINUTE_MS, nowMs } from '#kit/clock'
import type { EdgeEnv } from './env.ts'
import { ROUTES } from './routes.ts'

const Part = z.object({
  paths: z.record(z.string(), z.unknown()).default({}),
  components: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

/** Every domain that answers under /api. */
const DOMAINS = [...new Set(ROUTES.map(([, upstream]) => upstream))].filter(
  (upstream) => upstream !== 'WEB' && upstream !== 'STAND_INS',
)

let merged: { text: string; untilMs: number } | null = null

/** The platform's OpenAPI 3.1 document: every domain's own, under one roof. Kept in the isolate for a minute. */
export async function mergedDocument(env: EdgeEnv): Promise<string> {
  if (merged && nowMs() < merged.untilMs) return merged.text
  const parts = await Promise.all(DOMAINS.map((domain) => partOf(env[domain])))
  const components: Record<string, Record<string, unknown>> = {}
  for (const part of parts) {
    for (const [kind, entries] of Object.entries(part.components))
      components[kind] = { ...components[kind], ...entries }
  }
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Madang',
      version: '1',
      description: 'Every refusal is application/problem+json (RFC 9457).',
    },
    servers: [{ url: '/' }],
    paths: Object.assign({}, ...parts.map((part) => part.paths)),
    components,
  })
  merged = { text, untilMs: nowMs() + MINUTE_MS }
  return text
}

async function partOf(domain: Fetcher): Promise<z.infer<typeof Part>> {
  const reply = await domain.fetch('https://madang/openapi.json')
  return Part.parse(await reply.json())
}
