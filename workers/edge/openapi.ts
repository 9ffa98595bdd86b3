import { z } from 'zod'
import { MINUTE_MS, nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
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

/**
 * The platform's OpenAPI 3.1 document: every domain's own, under one roof. Kept in the isolate for a minute, and past it for as long as
 * a domain is down; an isolate that has no whole one answers with those that there are, and keeps nothing.
 */
export async function mergedDocument(env: EdgeEnv): Promise<{ text: string; isWhole: boolean }> {
  if (merged && nowMs() < merged.untilMs) return { text: merged.text, isWhole: true }
  const asked = await Promise.allSettled(DOMAINS.map((domain) => partOf(env[domain])))
  const parts = asked.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []))
  const isWhole = parts.length === asked.length
  for (const part of asked)
    if (part.status === 'rejected') log('warn', 'document without a domain', describeError(part.reason))
  if (!isWhole && merged) return { text: merged.text, isWhole: true }
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
  if (isWhole) merged = { text, untilMs: nowMs() + MINUTE_MS }
  return { text, isWhole }
}

async function partOf(domain: Fetcher): Promise<z.infer<typeof Part>> {
  const reply = await domain.fetch('https://madang/openapi.json')
  return Part.parse(await reply.json())
}
