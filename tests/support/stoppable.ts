import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestHarness } from 'wrangler'
import { deriveWorker } from '../../scripts/derived-worker.ts'
import { readWorker, type Worker } from '../../scripts/workers.ts'

/** Production waits longer before it delivers to a stopped worker again; a test has less time, and tries as often as may be. */
const RETRY_AFTER_SECONDS = 1
const RETRIES = 100

/**
 * The domains that are stopped in every platform a test starts, named by MADANG_STOPPED (`search,media`): what
 * `npm run independence` asks the suites with. Members are still let in, as if they had joined before.
 */
export const STOPPED: readonly string[] = (process.env.MADANG_STOPPED ?? '').split(',').filter(Boolean)

/** Configurations of these domains in which each can be stopped (stoppable.worker.ts); `remove()` them afterwards. */
export function stoppable(root: string, domains: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'madang-stoppable-'))
  const entries = domains
    .filter((domain) => domain !== 'stand-ins')
    .map((domain): [string, string] => {
      const worker = readWorker(join(root, 'workers', domain, 'wrangler.toml'))
      return [domain, wrapped(worker, root, dir)]
    })
  return { configs: new Map(entries), remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A path of each domain that looks at who asks, so that it keeps the keys by which it knows members. */
const ASKED_ONCE = [
  ...['me', 'me/listings', 'media', 'search/alerts', 'chat/rooms', 'notifications', 'me/sales', 'wallet'],
  ...['me/coupons', 'me/group-buys', 'me/blocks'],
]

type Call = (method: string, path: string, init: { token: string }) => Promise<unknown>

/** Stops and starts single domains of a running platform. */
export function switchOf(server: TestHarness, call: Call) {
  const stopped = new Set<string>()
  async function turn(domain: string, how: 'stop' | 'start'): Promise<void> {
    const reply = await server.getWorker(`madang-${domain}`).fetch(`http://switch.test/${how}`)
    const state = await reply.text()
    if (state !== (how === 'stop' ? 'stopped' : 'running'))
      throw new Error(`${domain} did not ${how}: ${state}`)
    if (how === 'stop') stopped.add(domain)
    else stopped.delete(domain)
  }
  const stop = (domain: string) => turn(domain, 'stop')
  const start = (domain: string) => turn(domain, 'start')

  const held = new Map<string, number>()
  /** Does something as if it had been done before the domain stopped; several at once share the time it runs. */
  async function whileRunning<Value>(domain: string, act: () => Promise<Value>): Promise<Value> {
    const others = held.get(domain) ?? 0
    if (others === 0 && !stopped.has(domain)) return await act()
    held.set(domain, others + 1)
    if (others === 0) await start(domain)
    try {
      return await act()
    } finally {
      const left = (held.get(domain) ?? 1) - 1
      held.set(domain, left)
      if (left === 0) await stop(domain)
    }
  }

  /** Stops what MADANG_STOPPED names, once every worker has met a member. */
  async function stopAsAsked(signUp: () => Promise<{ accessToken: string }>): Promise<void> {
    if (STOPPED.length === 0) return
    const { accessToken } = await signUp()
    await Promise.all(ASKED_ONCE.map((path) => call('GET', path, { token: accessToken })))
    await Promise.all(STOPPED.map(stop))
  }

  return { stop, start, whileRunning, stopAsAsked }
}

function wrapped(worker: Worker, root: string, into: string): string {
  const dir = join(into, worker.toml.name)
  const { config } = deriveWorker(worker, dir, {
    main: 'index.ts',
    consumer: { max_retries: RETRIES, retry_delay: RETRY_AFTER_SECONDS },
  })
  writeFileSync(join(dir, 'index.ts'), moduleOf(worker, root))
  return config
}

/** The worker's own module with each of its exports put into what can be stopped. */
function moduleOf({ dir, toml }: Worker, root: string): string {
  const rpc = `${toml.name.replace(/^madang/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Rpc`
  const objects = toml.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes)
  return [
    `import * as own from ${JSON.stringify(join(dir, toml.main))}`,
    `import { stoppableEntrypoint, stoppableHandler, stoppableObject } from ${JSON.stringify(join(root, 'tests/support/stoppable.worker.ts'))}`,
    'export default stoppableHandler(own.default)',
    `export const ${rpc} = stoppableEntrypoint(own.${rpc})`,
    ...objects.map((name) => `export const ${name} = stoppableObject(own.${name})`),
    ...toml.workflows.map(({ class_name }) => `export const ${class_name} = own.${class_name}`),
    '',
  ].join('\n')
}
