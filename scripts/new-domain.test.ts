import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkBoundaries } from './check-boundaries.ts'
import { checkWiring } from './check-wiring.ts'
import { makeDomain } from './new-domain.ts'
import { inRoot, ROOT } from './root.ts'
import { readSources } from './source-tree.ts'
import { readWiring } from './wiring.ts'

const copy = mkdtempSync(join(tmpdir(), 'madang-new-domain-'))
const COPIED = [
  'contracts',
  'kit',
  'workers',
  'durable-objects',
  'migrations',
  'wrangler.toml',
  'package.json',
  'tsconfig.json',
]

beforeAll(() => {
  const filter = (from: string) => basename(from) !== '.wrangler'
  for (const name of COPIED) cpSync(inRoot(name), join(copy, name), { recursive: true, filter })
  symlinkSync(inRoot('node_modules'), join(copy, 'node_modules'))
  makeDomain(copy, 'swap-rings')
  // The first of the lines it asks a person for: without it the compiler stops at the worker's own queue.
  const table = join(copy, 'contracts', 'subscriptions.ts')
  writeFileSync(
    table,
    readFileSync(table, 'utf8').replace('export type Domain =', "export type Domain =\n  | 'swap-rings'"),
  )
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('A new domain type-checks as it is made', () => {
  const config = { extends: './tsconfig.json', include: ['workers/swap-rings', 'contracts/swap-rings*'] }
  writeFileSync(join(copy, 'tsconfig.new.json'), JSON.stringify(config))
  const tsc = [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.new.json']
  const ran = spawnSync(process.execPath, tsc, { cwd: copy, encoding: 'utf8' })
  expect(ran.stdout).toBe('')
  expect(ran.status).toBe(0)
}, 60_000)

test('A new domain keeps every boundary', () => {
  const about = checkBoundaries(readSources(copy)).filter(({ path }) => path.includes('swap-rings'))
  expect(about).toEqual([])
})

test('The wiring check asks for the one line that is missing, and is content once it is there', async () => {
  const wiring = await readWiring(copy)
  const about = (found: ReturnType<typeof checkWiring>) =>
    found.filter(({ path }) => path.includes('swap-rings'))
  expect(about(checkWiring(wiring)).map(({ problem }) => problem)).toEqual([
    'serves /api/v1/swap-rings, but the routing table sends it to nobody',
  ])
  const edge = wiring.workers.find(({ domain }) => domain === 'edge')
  edge?.toml.services.push({ binding: 'SWAP_RINGS', service: 'madang-swap-rings' })
  const routed = { ...wiring, routes: [...wiring.routes, ['/api/v1/swap-rings', 'SWAP_RINGS'] as const] }
  expect(about(checkWiring(routed))).toEqual([])
})

test('Its first migration is the kit’s, and a second making refuses rather than writes over', () => {
  const migration = readFileSync(join(copy, 'migrations/swap-rings/0001_platform.sql'), 'utf8')
  expect(migration).toBe(readFileSync(join(ROOT, 'kit/0001_platform.sql'), 'utf8'))
  expect(() => makeDomain(copy, 'swap-rings')).toThrow(/already/)
  expect(() => makeDomain(copy, '../elsewhere')).toThrow(/small letters/)
})
