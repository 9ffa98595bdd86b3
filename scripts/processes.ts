import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { Refused } from './refused.ts'

const ENDING_MS = 5_000
const trees = new Set<ChildProcess>()

/**
 * Starts a command as the head of its own process group, so that it and all it starts (wrangler starts workerd) can be
 * ended together. Output comes through pipes; nothing is read from the keyboard.
 */
export function startTree(
  command: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  trees.add(child)
  child.on('exit', () => signalTree(child, 'SIGKILL'))
  return child
}

/** Ends the whole tree: asked first, made to after 5 s. Ending one that has ended is harmless. */
export async function endTree(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
  })
  signalTree(child, 'SIGTERM')
  const impatience = setTimeout(() => signalTree(child, 'SIGKILL'), ENDING_MS)
  await ended
  clearTimeout(impatience)
  signalTree(child, 'SIGKILL')
  trees.delete(child)
}

/** Sends a signal to every process of the tree; one that is gone already is not an error. */
export function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** On Ctrl-C, SIGTERM and a closed terminal: `end` once, then exit. A second signal does not start it again. */
export function endOnSignal(end: () => Promise<void>): void {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      end().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
  // Whatever ends this process, nothing it started stays behind.
  process.on('exit', () => {
    for (const child of trees) signalTree(child, 'SIGKILL')
  })
}

/** Refuses a port that something else listens on. */
export async function requireFreePort(port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Refused('--port takes a number from 1 to 65535.')
  if (!(await isFree(port))) {
    throw new Refused(`Port ${port} is taken by another program; end it or choose another with --port.`)
  }
}

/** A port nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
