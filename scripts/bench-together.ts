import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillGroupBuys } from '../bench/group-buy-data.ts'
import { joins, nearLists } from '../bench/together-cases.ts'
import type { TogetherFigures } from '../bench/together-table.ts'
import { d1File } from './d1-files.ts'
import { prepare } from './prepare.ts'
import { freePort } from './processes.ts'
import { step } from './progress.ts'
import { inRoot, ROOT } from './root.ts'
import { type Served, servePlatform } from './serve-platform.ts'
import { fingerprint } from './stale.ts'
import { tokenSigner } from './tokens.ts'
import { readWorker } from './workers.ts'

const FLOORS = ['edge', 'constant', 'same-edge', 'sql', 'echo', 'claims', 'joins']
const SIZES = { few: 2_000, many: 100_000 }
/** What the rows are made by; when one of these changes they are made anew. */
const MADE_BY = [
  'bench/{group-buy-data,town-data}.ts',
  'scripts/demo-town/**/*.ts',
  'migrations/group-buys/*',
  'workers/group-buys/{group-buy.store,words.rules}.ts',
  'kit/place.ts',
]

/** Buying together: the joins, then the lists. */
export async function measureTogether(): Promise<TogetherFigures> {
  const joined = await measureJoins()
  const near = await measureNear()
  return { joins: joined.own, joinsFloor: joined.floor, sizes: SIZES, near }
}

/** Joins of one hot group buy beside a bare object. */
export async function measureJoins() {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  try {
    await prepare(stateDir, 'as they are')
    const { origin, floorOrigin, end } = await serve(stateDir)
    const sign = await tokenSigner()
    const joined = await step('Joining', () => joins({ origin, floorOrigin, sign }))
    await end()
    return joined
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** Lists near a place among few and among many, both served at the same time. */
export async function measureNear(): Promise<TogetherFigures['near']> {
  const dir = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  const served: Served[] = []
  try {
    for (const size of [SIZES.few, SIZES.many]) {
      cpSync(await madeState(size), join(dir, String(size)), { recursive: true })
      served.push(await serve(join(dir, String(size))))
    }
    const [few, many] = served.map(({ origin }) => origin)
    if (!few || !many) throw new Error('two sizes are compared')
    return await step('Listing near places', () => nearLists({ few, many }, dir))
  } finally {
    for (const { end } of served) await end()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function serve(stateDir: string): Promise<Served & { floorOrigin: string }> {
  const workers = await prepare(stateDir, 'as they are')
  const floors = FLOORS.map((name) => readWorker(inRoot('bench', 'floors', name, 'wrangler.toml')))
  const [port, barePort] = [await freePort(), await freePort()]
  const platform = await step('Serving', () =>
    servePlatform({
      workers: [...workers, ...floors],
      stateDir,
      port,
      otherSockets: { 'madang-floor-edge': barePort },
      bundleBase: inRoot('.madang', 'bench', 'bundles'),
    }),
  )
  return { ...platform, floorOrigin: `http://127.0.0.1:${barePort}` }
}

/** A state with so many open group buys, made once and kept until what makes it changes. */
async function madeState(size: number): Promise<string> {
  const made = inRoot('.madang', 'bench', `together-${size}-${fingerprint(ROOT, MADE_BY).slice(0, 12)}`)
  if (existsSync(join(made, 'filled'))) return made
  rmSync(made, { recursive: true, force: true })
  await prepare(made, 'as they are')
  await step(`Making ${size} group buys`, async () => fillGroupBuys(d1File(made, 'madang-group-buys'), size))
  writeFileSync(join(made, 'filled'), '')
  return made
}
