import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, extname, join } from 'node:path'
import { runTool } from './processes.ts'
import { Refused } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { buildWhenStale, fingerprint } from './stale.ts'
import type { Worker } from './workers.ts'

const SOURCES = [
  'wrangler.toml',
  'workers/**/*',
  'bench/floors/**/*',
  'contracts/**/*.ts',
  'kit/**/*.ts',
  'durable-objects/**/*.ts',
  'web/.svelte-kit/cloudflare/_worker.js',
  'web/.svelte-kit/output/server/**/*',
  'web/wrangler.toml',
  'package-lock.json',
]

export type BundledModule = {
  type: 'ESModule' | 'CompiledWasm' | 'Text' | 'Data'
  path: string
  contents: Uint8Array
}

const BUNDLES = inRoot('.madang', 'bundles')

/** Where a worker's bundle lies once it is built. */
export const bundleDirOf = (worker: Worker, base = BUNDLES): string => join(base, worker.toml.name)

/**
 * Bundles each worker as a deployment would (`wrangler deploy --dry-run`), a few at a time; nothing when no source changed
 * since the last time. Returns whether it built.
 */
export async function bundle(workers: Worker[], base = BUNDLES): Promise<boolean> {
  const names = workers.map(({ toml }) => toml.name).join(' ')
  const print = `${names} ${fingerprint(ROOT, SOURCES, ['node_modules', '.wrangler'])}`
  return await buildWhenStale(join(base, 'built'), print, async () => {
    rmSync(base, { recursive: true, force: true })
    const waiting = [...workers]
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        await bundleOne(next, bundleDirOf(next, base))
    }
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane))
  })
}

/** One worker's bundle into `outDir`; wrangler's words are shown only when it fails. */
export async function bundleOne(worker: Worker, outDir: string): Promise<void> {
  const wrangler = inRoot('node_modules', 'wrangler', 'bin', 'wrangler.js')
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', outDir, '-c', worker.config]
  const { code, words } = await runTool(args)
  if (code !== 0) throw new Refused(`The worker ${worker.toml.name} did not build:\n${words}`)
}

const MODULE_TYPES: Readonly<Record<string, BundledModule['type']>> = {
  '.js': 'ESModule',
  '.mjs': 'ESModule',
  '.wasm': 'CompiledWasm',
  '.txt': 'Text',
  '.html': 'Text',
  '.bin': 'Data',
}

/** The modules of a bundle, its main module first. */
export function modulesIn(worker: Worker, dir: string): BundledModule[] {
  const main = `${basename(worker.toml.main, extname(worker.toml.main))}.js`
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .flatMap((path): BundledModule[] => {
      const type = MODULE_TYPES[extname(path)]
      return type ? [{ type, path: join(dir, path), contents: readFileSync(join(dir, path)) }] : []
    })
    .sort((a, b) => Number(basename(b.path) === main) - Number(basename(a.path) === main))
}
