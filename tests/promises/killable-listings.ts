import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { MemberId } from '#contracts/ids'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'
import { writeDevVars } from '../../scripts/dev-vars.ts'
import { freePort, runTool, signalTree, startTree, type Tree } from '../../scripts/processes.ts'
import { eventually } from '../support/platform.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js')
const CONFIG = 'workers/listings/wrangler.toml'
const START_WITHIN_MS = 60_000
/** A killed process may hold its locks a moment longer. */
const DYING_MS = 10_000

/** The listings worker as a child on a directory, to be killed and started again; identity and media are stand-ins. */
export async function startKillableListings() {
  const state = mkdtempSync(join(tmpdir(), 'madang-retry-'))
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM)
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }] }
  const neighbours = ['identity', 'media'].map((domain) => neighbourToml(state, domain, JSON.stringify(jwks)))
  const port = await freePort()
  let running: Tree | null = null

  writeDevVars(ROOT)
  await runTool([WRANGLER, 'd1', 'migrations', 'apply', 'DB', '--local', '-c', CONFIG, '--persist-to', state])
  await start()

  async function start(): Promise<void> {
    const configs = [CONFIG, ...neighbours].flatMap((path) => ['-c', path])
    const options = ['--port', String(port), '--inspector-port', '0', '--persist-to', state]
    const child = startTree([WRANGLER, 'dev', ...configs, ...options])
    for (const stream of [child.stdout, child.stderr]) stream.resume()
    running = child
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/listings`)
      if (!response.ok) throw new Error(`not up yet: ${response.status}`)
    }, START_WITHIN_MS)
  }

  /** The whole process tree at once, as a power cut would. */
  function kill(): void {
    const child = running
    running = null
    if (child) signalTree(child, 'SIGKILL')
  }

  const tokenOf = (memberId: MemberId) =>
    new SignJWT({ sid: newId('ses', Date.now()), role: 'member' })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(memberId)
      .setIssuedAt()
      .setExpirationTime('2h')
      .sign(privateKey)

  const post = (path: string, token: string, json: unknown, key: string | null) =>
    fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(key === null ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(json),
      signal: AbortSignal.timeout(15_000),
    })

  /** Asks the database on the disk, whether or not anything runs. */
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

  function close(): void {
    kill()
    rmSync(state, { recursive: true, force: true, maxRetries: 5 })
  }

  return { start, kill, post, tokenOf, inDatabase, close }
}

/** The stand-in worker under a domain's name, with the entrypoint that listings calls. */
function neighbourToml(state: string, domain: string, jwks: string): string {
  const folder = join(state, domain)
  mkdirSync(folder)
  const source = join(ROOT, 'tests', 'platform', 'listings', 'neighbours.worker.ts')
  const entrypoint = domain === 'identity' ? 'IdentityRpc' : 'MediaRpc'
  writeFileSync(
    join(folder, 'index.ts'),
    `export { default, default as ${entrypoint} } from ${JSON.stringify(source)}\n`,
  )
  const toml = `name = "madang-${domain}"\nmain = "index.ts"\ncompatibility_date = "2026-11-01"\n[vars]\nJWKS = '${jwks}'\n`
  const path = join(folder, 'wrangler.toml')
  writeFileSync(path, toml)
  return path
}
