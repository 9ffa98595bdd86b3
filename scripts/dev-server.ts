import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { endTree, freePort, startTree, type Tree } from './processes.ts'
import { Refused } from './refused.ts'
import { inRoot } from './root.ts'
import type { Worker } from './workers.ts'

const START_DEADLINE_MS = 120_000
const POLL_EVERY_MS = 150
/** Proves the edge, a binding and a domain with its database all answer. */
const PROBE = '/api/v1/listings?limit=1'

export type Platform = { origin: string; child: Tree; end: () => Promise<void> }

type StartOptions = {
  stateDir: string
  port: number
  complain: (line: string) => void
}

/**
 * All workers in one `wrangler dev`, resolved once they answer. Wrangler's own lines go to `wrangler.log` in the state
 * directory; only what went wrong reaches `complain`. The caller ends it.
 */
export async function startDev(options: StartOptions & { workers: Worker[] }): Promise<Platform> {
  const configs = options.workers.flatMap(({ config }) => ['-c', config])
  // Several may run at once: each has its own port for the inspector and its own list of the workers that run.
  const inspectorPort = await freePort()
  return await startAnswering(
    [
      inRoot('node_modules', 'wrangler', 'bin', 'wrangler.js'),
      'dev',
      ...configs,
      ...['--persist-to', options.stateDir, '--port', String(options.port), '--ip', '127.0.0.1'],
      ...['--inspector-port', String(inspectorPort), '--show-interactive-dev-session=false'],
    ],
    options,
  )
}

/** A program that serves the platform at this port, resolved once it answers; its lines go to `wrangler.log`. */
export async function startAnswering(args: string[], options: StartOptions): Promise<Platform> {
  const child = startTree(args, {
    env: {
      WRANGLER_SEND_METRICS: 'false',
      // It would write a trace of every call beside the state, without an end; who wants to see one asks for it.
      X_LOCAL_OBSERVABILITY: process.env.X_LOCAL_OBSERVABILITY ?? 'false',
      WRANGLER_REGISTRY_PATH: join(options.stateDir, 'registry'),
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    },
  })
  const said = listen(child, options)
  const origin = `http://127.0.0.1:${options.port}`
  try {
    await answering(origin, child)
  } catch (error) {
    await endTree(child)
    throw new Refused(
      `${error instanceof Error ? error.message : error} Its last words:\n${said().join('\n')}`,
    )
  }
  return { origin, child, end: () => endTree(child) }
}

/** Copies both streams to the log, passes errors on, and remembers the last lines for when the start fails. */
function listen(
  child: Tree,
  options: { stateDir: string; complain: (line: string) => void },
): () => string[] {
  const file = createWriteStream(join(options.stateDir, 'wrangler.log'))
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`)
      if (line.trim() !== '') last.push(line)
      if (last.length > 25) last.shift()
      const error = errorIn(line)
      if (error) options.complain(error)
    })
  }
  return () => last
}

const HARMLESS = /Request\.cf|workers\.dev|Unable to fetch the `Request|update available/i

/** What of a line a person must see: wrangler's errors, and our workers' own log lines of level error. */
export function errorIn(line: string): string | null {
  if (HARMLESS.test(line)) return null
  if (/^\s*✘|\[ERROR\]|^Uncaught|exceededMemory/.test(line)) return line.trim()
  return /^\s*\{.*"level":"error"/.test(line) ? line.trim() : null
}

/** Waits until the platform answers without a server error; fails when its process ends or two minutes pass. */
export async function answering(origin: string, child: Tree): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('The platform ended while starting.')
    const status = await fetch(origin + PROBE, { signal: AbortSignal.timeout(10_000) }).then(
      async (reply) => {
        await reply.body?.cancel()
        return reply.status
      },
      () => null,
    )
    if (status !== null && status < 500) return
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS))
  }
  throw new Error('The platform did not answer within two minutes.')
}
