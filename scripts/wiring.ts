import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EventType } from '#contracts/events'
import { PRODUCERS, SUBSCRIPTIONS } from '#contracts/subscriptions'
import { type Exported, exportsOf } from './source-tree.ts'
import { readWorkers, type WranglerToml } from './workers.ts'

/** A worker as the wiring check sees it: its wrangler.toml, what its module gives away, the paths its routes name. */
export type WiredWorker = {
  domain: string
  toml: WranglerToml
  /** Null when the module is built (the pages) and not there to be read. */
  exports: Exported | null
  paths: string[]
  /** The migration files of each of its databases by binding; null when the folder is not there. */
  migrations: Record<string, string[] | null>
}

export type Wiring = {
  workers: WiredWorker[]
  routes: readonly (readonly [prefix: string, upstream: string])[]
  subscriptions: Readonly<Record<string, readonly string[]>>
  producers: Readonly<Record<string, string>>
}

/** Reads the wiring of the repository. */
export async function readWiring(root: string): Promise<Wiring> {
  return {
    workers: readWorkers(root).map(({ config, dir, toml }) => ({
      domain: dir === root || basename(dir) === basename(root) ? 'edge' : basename(dir),
      toml,
      exports: exportsAt(join(dir, toml.main)),
      paths: config.includes('workers') ? pathsIn(dir) : [],
      migrations: Object.fromEntries(
        toml.d1_databases.map(({ binding, migrations_dir }) => [
          binding,
          migrations_dir ? filesIn(join(dir, migrations_dir)) : null,
        ]),
      ),
    })),
    routes: await readRoutes(root),
    subscriptions: SUBSCRIPTIONS satisfies Record<EventType, readonly string[]>,
    producers: PRODUCERS,
  }
}

const exportsAt = (main: string): Exported | null =>
  main.endsWith('.ts') && existsSync(main) ? exportsOf(main, readFileSync(main, 'utf8')) : null

const filesIn = (dir: string): string[] | null => (existsSync(dir) ? readdirSync(dir).sort() : null)

/** The paths a worker's transport names as whole string literals. */
function pathsIn(dir: string): string[] {
  const http = join(dir, 'http')
  const files = [
    join(dir, 'http.ts'),
    ...(existsSync(http) ? readdirSync(http).map((name) => join(http, name)) : []),
  ].filter((file) => existsSync(file) && file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const literals = files.flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(/(['"`])(\/(?:api\/v1|img|\.well-known)[\w\-./{}:]*)\1/g),
      ([, , path]) => path ?? '',
    ),
  )
  return [...new Set(literals)].filter((path) => path !== '/api/v1')
}

/** The routing table is code with a build-time constant; here it is read as a production build sees it. */
async function readRoutes(root: string): Promise<Wiring['routes']> {
  Object.assign(globalThis, { MADANG_STAND_INS: false })
  const module: { ROUTES: Wiring['routes'] } = await import(join(root, 'workers', 'edge', 'routes.ts'))
  return module.ROUTES
}
