import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler'
import { bundle, bundleDirOf, modulesIn } from './bundles.ts'
import { errorIn } from './dev-server.ts'
import type { Worker } from './workers.ts'

export type Served = { origin: string; end: () => Promise<void> }
export type ServeOptions = {
  workers: Worker[]
  stateDir: string
  port: number
  /** Ports of further workers that get a socket of their own: the floors of the benchmark. */
  otherSockets?: Readonly<Record<string, number>>
  bundleBase?: string
  /** Variables a worker gets beside its own, by its name. */
  vars?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Service bindings pointed elsewhere, by the worker that holds them. */
  services?: Readonly<Record<string, Readonly<Record<string, string>>>>
  complain?: (line: string) => void
}

/**
 * The workers as a deployment bundles them, on one Miniflare. The edge worker has a socket of its own, so that requests
 * meet workerd directly, without the proxies `wrangler dev` puts before it. State is where `npm start` keeps it.
 */
export async function servePlatform(options: ServeOptions): Promise<Served> {
  await bundle(options.workers, options.bundleBase)
  return await serveBundles(options)
}

/** The same of bundles that are there. */
export async function serveBundles(options: ServeOptions): Promise<Served> {
  const base = options.bundleBase
  const [edge, ...others] = options.workers
  if (!edge) throw new Error('there is no edge worker')
  const prepared = [edge, ...others].map((worker) => {
    const { workerOptions, externalWorkers } = optionsOf(worker.config)
    // A bundle's modules are listed one by one below; rules that find them would contradict the list.
    const { modulesRules: _, ...rest } = workerOptions
    const dir = bundleDirOf(worker, base)
    const port = worker === edge ? options.port : options.otherSockets?.[worker.toml.name]
    const sockets = port === undefined ? {} : { unsafeDirectSockets: [{ host: '127.0.0.1', port }] }
    return {
      own: {
        ...rest,
        ...sockets,
        bindings: Object.assign({}, rest.bindings, options.vars?.[worker.toml.name]),
        serviceBindings: Object.assign({}, rest.serviceBindings, options.services?.[worker.toml.name]),
        name: worker.toml.name,
        modulesRoot: dir,
        modules: modulesIn(worker, dir),
      },
      externalWorkers,
    }
  })
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        ...prepared.map(({ own }) => own),
        ...prepared.flatMap(({ externalWorkers }) => externalWorkers),
      ],
      resourcePersistencePath: join(options.stateDir, 'v3'),
      log: new Log(LogLevel.ERROR),
      // The workers' own lines: kept off the screen but for what went wrong.
      handleStructuredLogs: ({ level, message }) => {
        const error = errorIn(message) ?? (level === 'error' ? message : null)
        if (error) (options.complain ?? console.error)(error)
      },
      cf: false,
      telemetry: { enabled: false },
    }),
  )
  await runtime.ready
  return { origin: `http://127.0.0.1:${options.port}`, end: () => runtime.dispose() }
}
