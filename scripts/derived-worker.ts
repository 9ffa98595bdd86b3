import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { parse, stringify } from 'smol-toml'
import { z } from 'zod'
import { bundle, bundleDirOf } from './bundles.ts'
import { inRoot, ROOT } from './root.ts'
import { readWorker, readWorkers, type Worker } from './workers.ts'

/** What a derived configuration says otherwise than the worker's own. */
export type Derivation = {
  /** The module it starts with; a path relative to `dir`, or absolute. */
  main: string
  /** `main` and what lies beside it are whole: wrangler takes them as they are, which saves a third of a start. */
  isBundled?: boolean
  /** Said of each of its queues' consumers. */
  consumer?: Readonly<Record<string, unknown>> | undefined
}

const Raw = z.looseObject({
  queues: z.looseObject({ consumers: z.array(z.looseObject({})).optional() }).optional(),
})

const AS_IT_IS = { no_bundle: true, rules: [{ type: 'ESModule', globs: ['**/*.js'] }] }

/** The same worker by a configuration of its own in `dir`, with its migrations and secrets. */
export function deriveWorker(worker: Worker, dir: string, derivation: Derivation): Worker {
  const { main, isBundled = false, consumer = {} } = derivation
  const raw = Raw.parse(parse(readFileSync(worker.config, 'utf8')))
  const consumers = raw.queues?.consumers?.map((each) => ({ ...each, ...consumer }))
  const derived = {
    ...raw,
    main: resolve(dir, main),
    ...(isBundled ? AS_IT_IS : {}),
    d1_databases: worker.toml.d1_databases.map((database) => ({
      ...database,
      migrations_dir: join(worker.dir, database.migrations_dir ?? ''),
    })),
    ...(consumers ? { queues: { ...raw.queues, consumers } } : {}),
  }
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'wrangler.toml'), stringify(derived))
  const secrets = join(worker.dir, '.dev.vars')
  if (existsSync(secrets)) copyFileSync(secrets, join(dir, '.dev.vars'))
  return readWorker(join(dir, 'wrangler.toml'))
}

/**
 * From its bundle (bundles.ts), which must have been built. Wrangler parses the module that it starts with to see what it is; of this one
 * that takes no time.
 */
function deriveBundled(worker: Worker, dir: string): Worker {
  const bundled = `${basename(worker.toml.main, extname(worker.toml.main))}.js`
  const modules = join(dir, 'modules')
  mkdirSync(modules, { recursive: true })
  copyFileSync(join(bundleDirOf(worker), bundled), join(modules, 'bundle.js'))
  writeFileSync(
    join(modules, 'start.js'),
    "export * from './bundle.js'\nexport { default } from './bundle.js'\n",
  )
  return deriveWorker(worker, dir, { main: join('modules', 'start.js'), isBundled: true })
}

const DERIVED = inRoot('.madang', 'bundled')

/** Bundles every worker and gives each a configuration that starts from its bundle (`bundledConfigOf`). */
export async function bundleAll(): Promise<void> {
  const workers = readWorkers(ROOT)
  await bundle(workers)
  for (const worker of workers) deriveBundled(worker, join(DERIVED, worker.toml.name))
}

/** The configuration of a worker by its name (`madang-search`) once `bundleAll` has made it. */
export const bundledConfigOf = (name: string): string => join(DERIVED, name, 'wrangler.toml')
