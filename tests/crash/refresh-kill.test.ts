import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Session } from '#contracts/identity'
import { writeDevVars } from '../../scripts/dev-vars.ts'
import { freePort, runTool, signalTree, startTree, type Tree } from '../../scripts/processes.ts'
import { eventually, unique } from '../support/platform.ts'

/** P12, the part with the axe: killed in the middle of rotations, no family is left with no head or with two. */
const KILLS = process.env.MADANG_SCALE === 'nightly' ? 20 : 1
const CLIENTS = 8
const BUSY_MS = 700
const START_WITHIN_MS = 60_000
/** The killed process may hold its locks a moment longer. */
const DYING_MS = 10_000

const ROOT = join(import.meta.dirname, '..', '..')
const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
const CONFIGS = ['workers/identity/wrangler.toml', 'workers/stand-ins/wrangler.toml'].flatMap((path) => [
  '-c',
  path,
])
const Count = z.object({ count: z.int() })

type Client = { token: string; rotations: number }

describe('identity, killed while it rotates refresh tokens', () => {
  const state = mkdtempSync(join(tmpdir(), 'madang-crash-'))
  const member = {
    loginId: unique('c'),
    email: `${unique('c')}@example.com`,
    nickname: unique('c'),
    password: 'maple-Yard-77-quiet',
  }
  let port = 0
  let running: Tree | null = null
  const clients: Client[] = []

  beforeAll(async () => {
    writeDevVars(ROOT)
    port = await freePort()
    await runTool([
      WRANGLER,
      'd1',
      'migrations',
      'apply',
      'DB',
      '--local',
      '-c',
      'workers/identity/wrangler.toml',
      '--persist-to',
      state,
    ])
    await start()
    await post('/dev/members', member)
    for (let index = 0; index < CLIENTS; index++) {
      clients.push({ token: await signIn(`192.0.2.${index}`), rotations: 0 })
    }
  }, 120_000)

  afterAll(() => {
    kill()
    rmSync(state, { recursive: true, force: true })
  })

  it(`keeps every session alive with exactly one head over ${KILLS} kills`, async () => {
    for (let round = 0; round < KILLS; round++) {
      const axe = setTimeout(kill, BUSY_MS)
      await Promise.all(clients.map(rotateUntilKilled))
      clearTimeout(axe)
      expect(inDatabase((db) => faultyFamilies(db))).toBe(0)
      inDatabase((db) => stopTheClock(db))
      await start()
      // Each client only knows the last token it got; a lost reply must be answered again, not end the session.
      for (const client of clients) client.token = await refresh(client.token)
    }
    expect(clients.every((client) => client.rotations > KILLS)).toBe(true)
  }, 600_000)

  async function rotateUntilKilled(client: Client): Promise<void> {
    while (running !== null) {
      try {
        client.token = await refresh(client.token)
        client.rotations += 1
      } catch (error) {
        if (running !== null) throw error
      }
    }
  }

  async function refresh(refreshToken: string): Promise<string> {
    const response = await post('/api/v1/auth/refresh', { refreshToken })
    return Session.parse(await response.json()).refreshToken
  }

  /** Each from an address of its own: one address has five free attempts. */
  async function signIn(ip: string): Promise<string> {
    const response = await post(
      '/api/v1/auth/sign-in',
      { login: member.loginId, password: member.password },
      ip,
    )
    return Session.parse(await response.json()).refreshToken
  }

  const post = (path: string, json: unknown, ip = '127.0.0.1') =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-madang-ip': ip },
      body: JSON.stringify(json),
    })

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--inspector-port', '0', '--persist-to', state]
    const child = startTree([WRANGLER, 'dev', ...CONFIGS, ...options])
    for (const stream of [child.stdout, child.stderr]) stream.resume()
    running = child
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)
      if (!response.ok) throw new Error(`not up yet: ${response.status}`)
    }, START_WITHIN_MS)
  }

  /** The whole process tree at once, as a power cut would. */
  function kill(): void {
    const child = running
    running = null
    if (child) signalTree(child, 'SIGKILL')
  }

  /** Families with another number of heads than one, as the disk has it. */
  const faultyFamilies = (db: DatabaseSync): number =>
    Count.parse(
      db
        .prepare(
          `SELECT count(*) AS count FROM sessions s WHERE s.ended_at_ms IS NULL AND
             (SELECT count(*) FROM refresh_tokens t WHERE t.session_id = s.id AND t.spent_at_ms IS NULL) <> 1`,
        )
        .get(),
    ).count

  /** The grace is 10 s and a start may take longer on a busy machine: as if it had taken no time. */
  const stopTheClock = (db: DatabaseSync): void => {
    db.prepare('UPDATE refresh_tokens SET spent_at_ms = ? WHERE spent_at_ms > ?').run(
      Date.now() + START_WITHIN_MS,
      Date.now() - 5_000,
    )
  }

  function inDatabase<Value>(use: (db: DatabaseSync) => Value): Value {
    const folder = join(state, 'v3', 'd1', 'miniflare-D1DatabaseObject')
    const file = readdirSync(folder).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    if (file === undefined) throw new Error('the database is gone')
    const db = new DatabaseSync(join(folder, file), { timeout: DYING_MS })
    try {
      return use(db)
    } finally {
      db.close()
    }
  }
})
