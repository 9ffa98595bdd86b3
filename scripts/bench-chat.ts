import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hotRoom, idleSockets, steadyRooms } from '../bench/chat-cases.ts'
import type { ChatFigures } from '../bench/chat-table.ts'
import { roomsOfFloor, roomsOfPlatform } from '../bench/chat-town.ts'
import { prepare } from './prepare.ts'
import { freePort } from './processes.ts'
import { step } from './progress.ts'
import { inRoot } from './root.ts'
import { servePlatform } from './serve-platform.ts'
import { tokenSigner } from './tokens.ts'
import { readWorker } from './workers.ts'

const FLOORS = ['edge', 'constant', 'sql', 'echo', 'claims', 'joins']

/** The chat beside a bare room that only echoes, each case on one and then on the other. */
export async function measureChat(): Promise<ChatFigures> {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-bench-'))
  try {
    const workers = await prepare(stateDir, 'as they are')
    const floors = FLOORS.map((name) => readWorker(inRoot('bench', 'floors', name, 'wrangler.toml')))
    const [port, floorPort] = [await freePort(), await freePort()]
    const platform = await step('Serving the chat', () =>
      servePlatform({
        workers: [...workers, ...floors],
        stateDir,
        port,
        otherSockets: { 'madang-floor-edge': floorPort },
        bundleBase: inRoot('.madang', 'bench', 'bundles'),
        // The hot room asks how fast a room is, not how soon it calls a member a flood.
        vars: { 'madang-chat': { FRAMES_PER_SECOND: '100000' } },
      }),
    )
    const sign = await tokenSigner()
    const own = await step('Making rooms', () => roomsOfPlatform(platform.origin, sign))
    const floor = roomsOfFloor(`http://127.0.0.1:${floorPort}`)
    const figures = await step('Talking', async () => ({
      steadyFloor: await steadyRooms(floor),
      steady: await steadyRooms(own),
      hotFloorPerSecond: await hotRoom(floor),
      hotPerSecond: await hotRoom(own),
      idleFloor: await idleSockets(floor),
      idle: await idleSockets(own),
    }))
    await platform.end()
    return figures
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}
