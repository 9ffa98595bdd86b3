import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claims, crowdAtOnce, type Place, payers, purchases, transfers } from '../bench/money-cases.ts'
import type { MoneyFigures } from '../bench/money-table.ts'
import { recordTransfer } from '../bench/record-transfer.ts'
import type { Member } from '../bench/townsfolk.ts'
import { d1File } from './d1-files.ts'
import { prepare } from './prepare.ts'
import { freePort } from './processes.ts'
import { step } from './progress.ts'
import { inRoot } from './root.ts'
import { servePlatform } from './serve-platform.ts'
import { publicKeys, tokenSigner } from './tokens.ts'
import { readWorker } from './workers.ts'

const FLOORS = ['edge', 'constant', 'same-edge', 'sql', 'echo', 'claims', 'joins']
const PAYERS = 20

/** Claims, transfers and purchases, each case on its floor and on the platform in turn. */
export async function measureMoney(): Promise<MoneyFigures> {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  try {
    const workers = await prepare(stateDir, 'as they are')
    const floors = FLOORS.map((name) => readWorker(inRoot('bench', 'floors', name, 'wrangler.toml')))
    const [port, barePort, sameEdgePort] = [await freePort(), await freePort(), await freePort()]
    const platform = await step('Serving the money', () =>
      servePlatform({
        workers: [...workers, ...floors],
        stateDir,
        port,
        otherSockets: { 'madang-floor-edge': barePort, 'madang-floor-same-edge': sameEdgePort },
        bundleBase: inRoot('.madang', 'bench', 'bundles'),
      }),
    )
    const bare = `http://127.0.0.1:${barePort}`
    const place: Place = {
      origin: platform.origin,
      floorOrigin: bare,
      sign: await tokenSigner(),
      dir: stateDir,
    }
    const claimed = await step('Claiming', () => claims(place))
    const crowded = await step('5,000 at once', () => crowdAtOnce(place))
    const members = await step('Filling wallets', () => payers(place, PAYERS))
    await step('Recording a transfer', () => tellFloor(stateDir, bare, members))
    const besideSql: Place = { ...place, floorOrigin: `http://127.0.0.1:${sameEdgePort}` }
    const moved = await step('Transferring', () => transfers(besideSql, members))
    const bought = await step('Buying', () => purchases(besideSql, members))
    await platform.end()
    return {
      claims: claimed.own,
      claimsFloor: claimed.floor,
      burst: crowded.own,
      burstFloor: crowded.floor,
      transfers: moved.own,
      transfersFloor: moved.floor,
      purchase: bought.own,
      purchaseFloor: bought.floor,
    }
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** The statements of one transfer, recorded on a copy of the books as they are now, go to the bare SQL worker. */
async function tellFloor(stateDir: string, bare: string, [to, from]: Member[]): Promise<void> {
  if (!to || !from) throw new Error('two are needed for a transfer')
  const copy = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  try {
    // The databases only: objects come and go while the platform runs.
    const databases = join('v3', 'd1')
    cpSync(join(stateDir, databases), join(copy, databases), { recursive: true })
    const asked = {
      body: JSON.stringify({ toMemberId: to.id, amount: 1 }),
      token: from.token,
      faces: [
        { id: to.id, nickname: 'to' },
        { id: from.id, nickname: 'from' },
      ],
    }
    const recording = await recordTransfer(d1File(copy, 'madang-payments'), asked, await publicKeys())
    await fetch(`${bare}/sql/recordings`, { method: 'PUT', body: JSON.stringify({ transfer: [recording] }) })
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
