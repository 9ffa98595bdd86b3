import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { chatTable } from '../bench/chat-table.ts'
import { hasWrk } from '../bench/drive.ts'
import { measure, type Row } from '../bench/measure.ts'
import { moneyTable } from '../bench/money-table.ts'
import { letAppsLoadOutsideWorkerd } from '../bench/outside-workerd.ts'
import { table } from '../bench/table.ts'
import { togetherTable } from '../bench/together-table.ts'
import { measureChat } from './bench-chat.ts'
import { d1File } from './d1-files.ts'
import { prepare } from './prepare.ts'
import { endOnSignal, freePort } from './processes.ts'
import { say, step } from './progress.ts'
import { main } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { servePlatform } from './serve-platform.ts'
import { fingerprint } from './stale.ts'
import { publicKeys, tokenSigner } from './tokens.ts'
import { readWorker, type Worker } from './workers.ts'

letAppsLoadOutsideWorkerd()
const { recordCases } = await import('../bench/record.ts')
const { measureMoney } = await import('./bench-money.ts')
const { measureTogether } = await import('./bench-together.ts')
const { fill, listingIdAt, posterIds, searchWords } = await import('../bench/town-data.ts')

const SIZES = [2_000, 100_000]
const FLOORS = ['edge', 'constant', 'same-edge', 'sql', 'echo', 'claims', 'joins']
const DETAILS = 300
/** What the rows are made by; when one of these changes they are made anew. */
const MADE_BY = [
  'bench/town-data.ts',
  'scripts/demo-town/**/*.ts',
  'migrations/{listings,search}/*',
  'workers/listings/{listing.store,card.rules}.ts',
  'kit/place.ts',
  'workers/search/*.rules.ts',
  'workers/search/projection.store.ts',
]

const NEW_LISTING = JSON.stringify({
  title: '거의 새것 접이식 캠핑 의자',
  description: '두 번 쓰고 보관만 했어요. 가방 있어요. 직접 오시면 됩니다.',
  category: 'sports',
  price: 25_000,
  location: { lat: 37.556, lng: 126.923 },
  region: '서울 마포구 서교동',
})

const filesOf = (dir: string) => ({
  listings: d1File(dir, 'madang-listings'),
  search: d1File(dir, 'madang-search'),
})

/**
 * `npm run bench [-- market | chat | money | together]`: each case beside its floors, the market at both sizes; the figures go to bench/last.json, where a
 * part that was not measured keeps what it had.
 */
await main(async () => {
  endOnSignal()
  const part = process.argv[2]
  const rows: Row[] = []
  const isAsked = (name: string) => part === undefined || part === name
  if (isAsked('market')) for (const size of SIZES) rows.push(...(await measureAt(size)))
  const chat = isAsked('chat') ? await measureChat() : undefined
  const money = isAsked('money') ? await measureMoney() : undefined
  const together = isAsked('together') ? await measureTogether() : undefined
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    driver: hasWrk() ? 'wrk' : 'node',
  }
  const file = inRoot('bench', 'last.json')
  const before: object = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const now = {
    ...(rows.length > 0 ? { at: new Date().toISOString(), rows } : {}),
    ...(chat ? { chatAt: new Date().toISOString(), chat } : {}),
    ...(money ? { moneyAt: new Date().toISOString(), money } : {}),
    ...(together ? { togetherAt: new Date().toISOString(), together } : {}),
  }
  writeFileSync(file, `${JSON.stringify({ ...before, machine, ...now }, null, 2)}\n`)
  if (rows.length > 0) say(`\n${table(rows)}`)
  if (chat) say(`\n${chatTable(chat)}`)
  if (money) say(`\n${moneyTable(money)}`)
  if (together) say(`\n${togetherTable(together)}`)
  process.exit(0)
})

async function measureAt(size: number): Promise<Row[]> {
  const made = await madeState(size)
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  cpSync(made, stateDir, { recursive: true })
  try {
    const workers = await prepare(stateDir, 'as they are')
    const sign = await tokenSigner()
    const tokens = await Promise.all(posterIds().map((id) => sign(id, 24 * 3600)))
    const cases = {
      list: ['/api/v1/listings'],
      detail: Array.from(
        { length: DETAILS },
        (_, index) => `/api/v1/listings/${listingIdAt(Math.floor((index * size) / DETAILS))}`,
      ),
      search: searchWords().map((word) => `/api/v1/search?q=${encodeURIComponent(word)}`),
      create: { path: '/api/v1/listings', body: NEW_LISTING, token: tokens[0] ?? '', posters: posterIds() },
    }
    // Recorded on a copy: recording a posting posts it.
    const recordings = await step('Recording the statements', async () => {
      const copy = mkdtempSync(join(tmpdir(), 'madang-bench-'))
      cpSync(made, copy, { recursive: true })
      return await recordCases(filesOf(copy), cases, await publicKeys()).finally(() =>
        rmSync(copy, { recursive: true }),
      )
    })
    const floors = FLOORS.map((name): Worker => readWorker(inRoot('bench', 'floors', name, 'wrangler.toml')))
    const [port, barePort, sameEdgePort] = [await freePort(), await freePort(), await freePort()]
    const platform = await step(`Serving ${size} listings`, () =>
      servePlatform({
        workers: [...workers, ...floors],
        stateDir,
        port,
        otherSockets: { 'madang-floor-edge': barePort, 'madang-floor-same-edge': sameEdgePort },
        bundleBase: inRoot('.madang', 'bench', 'bundles'),
      }),
    )
    const floorOrigins = { a: `http://127.0.0.1:${barePort}`, b: `http://127.0.0.1:${sameEdgePort}` }
    await fetch(`${floorOrigins.a}/sql/recordings`, { method: 'PUT', body: JSON.stringify(recordings) })
    const rows = await measure({
      size,
      platform: platform.origin,
      floorOrigins,
      cases,
      tokens,
      dir: stateDir,
    })
    await platform.end()
    return rows
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** A state with that many listings, made once and kept until what makes it changes. */
async function madeState(size: number): Promise<string> {
  const dir = inRoot('.madang', 'bench', `${size}-${fingerprint(ROOT, MADE_BY).slice(0, 12)}`)
  if (existsSync(join(dir, 'filled'))) return dir
  rmSync(dir, { recursive: true, force: true })
  await prepare(dir, 'as they are')
  await step(`Making ${size} listings`, async () => fill(filesOf(dir), size))
  writeFileSync(join(dir, 'filled'), '')
  return dir
}
