import { type Finding, report } from './check-boundaries.ts'
import { main } from './refused.ts'
import { ROOT } from './root.ts'
import { readWiring, type WiredWorker, type Wiring } from './wiring.ts'

/**
 * Holds the routing table, the table of subscriptions and every wrangler.toml against one another; pure, so that tests give
 * it broken wirings. What it lets through, `wrangler dev` can still refuse; what it stops, wrangler would start silently
 * (an event nobody hears, a queue without a dead-letter queue, a route to the wrong worker).
 */
export function checkWiring(wiring: Wiring): Finding[] {
  return [
    ...wiring.workers.flatMap((worker) => [
      ...checkServices(wiring, worker),
      ...checkProducers(wiring, worker),
      ...checkConsumers(wiring, worker),
      ...checkObjects(worker),
      ...checkDatabases(wiring, worker),
      ...checkExposure(wiring, worker),
    ]),
    ...checkRoutes(wiring),
    ...checkDomains(wiring),
  ]
}

const finding = (worker: WiredWorker | string, problem: string): Finding => ({
  path: typeof worker === 'string' ? worker : worker.toml.name,
  problem,
  weight: 'error',
})

const named = (wiring: Wiring, name: string) => wiring.workers.find(({ toml }) => toml.name === name)

function checkServices(wiring: Wiring, worker: WiredWorker): Finding[] {
  return worker.toml.services.flatMap(({ binding, service, entrypoint }) => {
    const target = named(wiring, service)
    if (!target)
      return [finding(worker, `binding ${binding} names ${service}, which no wrangler.toml is called`)]
    if (!entrypoint || !target.exports || target.exports.names.has(entrypoint)) return []
    return [finding(worker, `binding ${binding} wants ${entrypoint}, which ${service} does not export`)]
  })
}

/** Every worker writes to the inbox of each hearer of its facts, and to its own when it has dead letters to replay. */
function checkProducers(wiring: Wiring, worker: WiredWorker): Finding[] {
  const hearers = new Set(
    Object.entries(wiring.producers)
      .filter(([, producer]) => producer === worker.domain)
      .flatMap(([type]) => wiring.subscriptions[type] ?? []),
  )
  const missing = Array.from(hearers)
    .filter(
      (hearer) =>
        !worker.toml.queues.producers.some(
          ({ binding, queue }) => binding === inboxBinding(hearer) && queue === inbox(hearer),
        ),
    )
    .map((hearer) =>
      finding(worker, `writes facts ${hearer} hears but has no producer ${inboxBinding(hearer)}`),
    )
  const superfluous = worker.toml.queues.producers
    .filter(({ queue }) => ![...hearers, worker.domain].some((hearer) => inbox(hearer) === queue))
    .map(({ queue }) => finding(worker, `has a producer for ${queue}, which hears nothing from it`))
  return [...missing, ...superfluous]
}

function checkConsumers(wiring: Wiring, worker: WiredWorker): Finding[] {
  const hears = Object.values(wiring.subscriptions).some((hearers) => hearers.includes(worker.domain))
  const { consumers } = worker.toml.queues
  if (!hears) {
    return consumers.map(({ queue }) => finding(worker, `consumes ${queue}, though no subscription names it`))
  }
  const own = consumers.find(({ queue }) => queue === inbox(worker.domain))
  const dead = consumers.find(({ queue }) => queue === deadQueue(worker.domain))
  const foreign = consumers.filter((consumer) => consumer !== own && consumer !== dead)
  return [
    ...(own ? [] : [finding(worker, `does not consume ${inbox(worker.domain)}`)]),
    ...(own && own.dead_letter_queue !== deadQueue(worker.domain)
      ? [
          finding(
            worker,
            `its inbox has no dead-letter queue ${deadQueue(worker.domain)}: an event would be lost`,
          ),
        ]
      : []),
    ...(dead
      ? []
      : [
          finding(
            worker,
            `does not consume ${deadQueue(worker.domain)}: dead letters would vanish after four days`,
          ),
        ]),
    ...foreign.map(({ queue }) => finding(worker, `consumes ${queue}, which is another worker's`)),
  ]
}

const inbox = (domain: string): string => `madang-${domain}-inbox`
const deadQueue = (domain: string): string => `madang-${domain}-dead`
const inboxBinding = (domain: string): string => `${domain.toUpperCase().replaceAll('-', '_')}_INBOX`

/** Durable Objects and Workflows: bound in their owner, exported by it, objects created by one of its migrations. */
function checkObjects(worker: WiredWorker): Finding[] {
  const created = new Set(worker.toml.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes))
  const bound = worker.toml.durable_objects.bindings
  const classes = [
    ...bound.map(({ class_name }) => class_name),
    ...worker.toml.workflows.map(({ class_name }) => class_name),
  ]
  return [
    ...bound
      .filter(({ script_name }) => script_name !== undefined)
      .map(({ name }) =>
        finding(worker, `binds ${name} of another worker; an object is bound in its owner only`),
      ),
    ...bound
      .filter(({ class_name }) => !created.has(class_name))
      .map(({ class_name }) => finding(worker, `no [[migrations]] creates the Durable Object ${class_name}`)),
    ...classes
      .filter((name) => worker.exports && !worker.exports.names.has(name))
      .map((name) => finding(worker, `index.ts does not export ${name}`)),
  ]
}

const FLAT_NAME = /^\d{4}_[a-z0-9_]+\.sql$/

function checkDatabases(wiring: Wiring, worker: WiredWorker): Finding[] {
  return worker.toml.d1_databases.flatMap(({ binding, database_name, database_id }) => {
    const files = worker.migrations[binding]
    const owners = wiring.workers.filter(({ toml }) =>
      toml.d1_databases.some((other) => other.database_id === database_id),
    )
    const numbers = (files ?? []).map((file) => file.slice(0, 4))
    return [
      ...(files && files.length > 0
        ? []
        : [finding(worker, `database ${database_name} has no migrations folder`)]),
      ...(files ?? [])
        .filter((file) => !FLAT_NAME.test(file))
        .map((file) => finding(worker, `migration ${file} is not named NNNN_name.sql`)),
      ...(new Set(numbers).size === numbers.length
        ? []
        : [finding(worker, 'two migrations have the same number')]),
      ...(database_id
        ? []
        : [finding(worker, `database ${database_name} has no database_id; locally it would share one file`)]),
      ...(owners.length > 1
        ? [finding(worker, `database ${database_name} is bound by more than its owner`)]
        : []),
    ]
  })
}

function checkExposure(wiring: Wiring, worker: WiredWorker): Finding[] {
  const edge = wiring.workers.find(({ domain }) => domain === 'edge')
  return [
    ...(worker.domain !== 'edge' && worker.toml.workers_dev !== false
      ? [finding(worker, 'can be reached from outside: workers_dev must be false')]
      : []),
    ...(edge && worker.toml.compatibility_date !== edge.toml.compatibility_date
      ? [finding(worker, `compatibility_date differs from the edge's ${edge.toml.compatibility_date}`)]
      : []),
    ...(worker.exports && !worker.exports.hasDefault
      ? [finding(worker, 'its module has no default export')]
      : []),
  ]
}

/** Each line of the table names a binding of the edge; each path a domain documents comes back to that domain. */
function checkRoutes(wiring: Wiring): Finding[] {
  const edge = wiring.workers.find(({ domain }) => domain === 'edge')
  if (!edge) return [finding('wrangler.toml', 'there is no edge worker')]
  const serviceOf = (upstream: string) =>
    edge.toml.services.find(({ binding }) => binding === upstream)?.service
  const dangling = wiring.routes
    .filter(([, upstream]) => !serviceOf(upstream))
    .map(([prefix, upstream]) =>
      finding(edge, `route ${prefix} goes to ${upstream}, which is no service binding`),
    )
  const lost = wiring.workers.flatMap((worker) =>
    worker.paths.flatMap((path) => {
      const upstream = upstreamOf(wiring.routes, path)
      if (upstream && serviceOf(upstream) === worker.toml.name) return []
      return [finding(worker, `serves ${path}, but the routing table sends it to ${upstream ?? 'nobody'}`)]
    }),
  )
  return [...dangling, ...lost]
}

function upstreamOf(routes: Wiring['routes'], path: string): string | undefined {
  const matching = routes.filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
  return matching.sort(([a], [b]) => b.length - a.length)[0]?.[1]
}

/** The tables of facts name only domains that exist, and each fact in both. */
function checkDomains(wiring: Wiring): Finding[] {
  const domains = new Set(wiring.workers.map(({ domain }) => domain))
  const table = 'contracts/subscriptions.ts'
  const mentioned = [...Object.values(wiring.producers), ...Object.values(wiring.subscriptions).flat()]
  return [
    ...[...new Set(mentioned)]
      .filter((name) => !domains.has(name))
      .map((name) => finding(table, `names ${name}, which is no worker`)),
    ...Object.keys(wiring.subscriptions)
      .filter((type) => !(type in wiring.producers))
      .map((type) => finding(table, `${type} is heard but written by nobody`)),
  ]
}

if (import.meta.main) await main(async () => report('wiring', checkWiring(await readWiring(ROOT))))
