import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleOne, modulesIn } from './bundles.ts'
import { inDependencyOrder, isStandIn, productionToml, standInMarkers } from './deploy-config.ts'
import { databasesOf } from './migrate.ts'
import { endOnSignal, runTool } from './processes.ts'
import { say, step } from './progress.ts'
import { main, Refused } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { buildWeb } from './web-build.ts'
import { readWorker, readWorkers, type Worker } from './workers.ts'

const WRANGLER = inRoot('node_modules', 'wrangler', 'bin', 'wrangler.js')

const bundleOf = (worker: Worker): string => inRoot('.madang', 'production', worker.toml.name)

/**
 * `npm run deploy [-- --dry-run]`: builds every worker as production has it and looks into the bundles for what must not be
 * there. With an account (CLOUDFLARE_API_TOKEN) it then applies the migrations and deploys, each worker after those it
 * binds to. Without one, or with `--dry-run`, it stops after looking. Repeating it is harmless.
 */
await main(async () => {
  endOnSignal()
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } })
  const hasAccount = process.env.CLOUDFLARE_API_TOKEN !== undefined
  await step('Pages', buildWeb, (built) => (built ? 'built' : 'up to date'))
  const configs: string[] = []
  try {
    const workers = productionWorkers(configs)
    await step(`Building ${workers.length} workers for production`, () => buildAll(workers))
    await step('No stand-in in any bundle', async () => workers.forEach(requireClean))
    if (values['dry-run'] || !hasAccount) {
      say(
        hasAccount
          ? 'Nothing was deployed (--dry-run).'
          : 'Nothing was deployed: set CLOUDFLARE_API_TOKEN to deploy.',
      )
      return
    }
    await deployAll(workers)
  } finally {
    for (const config of configs) rmSync(config, { force: true })
  }
})

/** Each worker with its production configuration, written beside the other so that its relative paths mean the same. */
function productionWorkers(configs: string[]): Worker[] {
  return readWorkers(ROOT)
    .filter(({ toml }) => !isStandIn(toml.name))
    .map(({ config, dir }) => {
      const file = join(dir, 'wrangler.production.toml')
      configs.push(file)
      writeFileSync(file, productionToml(readFileSync(config, 'utf8')))
      return readWorker(file)
    })
}

async function buildAll(workers: Worker[]): Promise<void> {
  for (const worker of workers) {
    rmSync(bundleOf(worker), { recursive: true, force: true })
    await bundleOne(worker, bundleOf(worker))
  }
}

function requireClean(worker: Worker): void {
  for (const { path, contents } of modulesIn(worker, bundleOf(worker))) {
    const found = standInMarkers(Buffer.from(contents).toString('utf8'))
    if (found.length === 0) continue
    throw new Refused(
      `The production bundle of ${worker.toml.name} holds ${found.join(', ')} (${basename(path)}).`,
    )
  }
}

async function deployAll(workers: Worker[]): Promise<void> {
  const order = inDependencyOrder(
    workers.map(({ toml }) => ({ name: toml.name, needs: toml.services.map(({ service }) => service) })),
  )
  for (const name of order) {
    const worker = workers.find(({ toml }) => toml.name === name)
    if (!worker) continue
    for (const database of databasesOf([worker])) {
      await step(`Migrations of ${database.name}`, () =>
        wrangler('d1', 'migrations', 'apply', database.name, '--remote', '-c', worker.config),
      )
    }
    await step(`Deploying ${name}`, () => wrangler('deploy', '-c', worker.config))
  }
  say('Deployed. Secrets are set once with `wrangler secret put`.')
}

async function wrangler(...args: string[]): Promise<void> {
  const { code, words } = await runTool([WRANGLER, ...args])
  if (code !== 0) throw new Refused(`wrangler ${args.join(' ')} failed:\n${words}`)
}
