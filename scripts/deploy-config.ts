import { parse, stringify } from 'smol-toml'
import { z } from 'zod'

const STAND_INS = 'madang-stand-ins'
const Table = z.looseObject({
  services: z.array(z.looseObject({ service: z.string() })).optional(),
  define: z.record(z.string(), z.string()).optional(),
})

/**
 * A wrangler.toml as production has it: no binding to the stand-ins, and the define under which the bundler drops what only
 * exists for development.
 */
export function productionToml(text: string): string {
  const { services, define, ...rest } = Table.parse(parse(text))
  return stringify({
    ...rest,
    // Without it the bundler leaves what stands behind a false define in some places (`false ? dev : []`).
    minify: true,
    ...(services ? { services: services.filter(({ service }) => service !== STAND_INS) } : {}),
    ...(define ? { define: { ...define, MADANG_STAND_INS: 'false' } } : {}),
  })
}

/** Is the worker itself a stand-in? Such a one is never deployed. */
export const isStandIn = (name: string): boolean => name === STAND_INS

/** What must not be in a production bundle: routes and names that only development has. */
const MARKERS = [
  '/dev/members',
  '/dev/listings',
  '/dev/mail',
  '/dev/pay',
  '/dev/bank',
  '/dev/push',
  '/dev/tick',
  'madang-demo-1',
  'MAIL_HTTP.fetch',
  'PUSH_HTTP.fetch',
]

/** The markers found in a bundle's code; comments and source maps are not code. */
export function standInMarkers(code: string): string[] {
  const plain = code.replace(/^\s*\/\/.*$/gm, '')
  return MARKERS.filter((marker) => plain.includes(marker))
}

/**
 * Workers in an order in which each is deployed after those it binds to. Rings (a domain asks the edge, the edge asks the
 * domain) are cut where they are met: Cloudflare wants a bound worker to exist, which on the very first deployment of a
 * ring takes a second run.
 */
export function inDependencyOrder(workers: { name: string; needs: string[] }[]): string[] {
  const known = new Map(workers.map((worker) => [worker.name, worker]))
  const ordered = new Set<string>()
  const visit = (name: string, above: ReadonlySet<string>): void => {
    const worker = known.get(name)
    if (!worker || ordered.has(name) || above.has(name)) return
    for (const needed of worker.needs) visit(needed, new Set([...above, name]))
    ordered.add(name)
  }
  for (const { name } of workers) visit(name, new Set())
  return [...ordered]
}
