import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { Refused } from './refused.ts'
import { inRoot, ROOT } from './root.ts'

const ENDING_MS = 5_000
/** A process and all it started. */
export type Tree = ChildProcessWithoutNullStreams
const trees = new Set<Tree>()

/**
 * Starts a Node program in its own process group, so that it and all it starts (wrangler starts workerd) can be ended
 * together; a guard at the group's head ends it also when this process is killed. Nothing is read from the keyboard.
 */
export function startTree(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Tree {
  const child = spawn(process.execPath, [inRoot('scripts', 'guard.mjs'), process.execPath, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A guard that ends before this process closes the pipe from its side; that is no error here.
  child.stdin.on('error', () => {})
  trees.add(child)
  child.on('exit', () => signalTree(child, 'SIGKILL'))
  return child
}

/** Runs a Node program to its end and keeps what it says. */
export function runTool(args: string[], cwd: string = ROOT): Promise<{ code: number; words: string }> {
  return new Promise((resolve, reject) => {
    const child = startTree(args, {
      cwd,
      env: { NO_COLOR: '1', FORCE_COLOR: '0', WRANGLER_SEND_METRICS: 'false' },
    })
    let words = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        words += chunk.toString()
      })
    }
    child.once('error', reject)
    child.once('close', (code) => {
      trees.delete(child)
      resolve({ code: code ?? 1, words: words.trim() })
    })
  })
}

/** Ends the whole tree: asked first, made to after 5 s. Ending one that has ended is harmless. */
export async function endTree(child: Tree): Promise<void> {
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

/**
 * On Ctrl-C, SIGTERM and a closed terminal: ends every tree this process started, then `atEnd`, then exits. Called before
 * the first tree starts; a second signal does not start it again.
 */
export function endOnSignal(atEnd: () => Promise<void> = async () => {}): void {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      Promise.all(Array.from(trees, endTree))
        .then(atEnd)
        .then(
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
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const port = randomInt(PORT_MIN, PORT_MAX)
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

/** Drawn, since two processes that ask the system at one moment may be given the same; below what it gives to outgoing connections. */
const [PORT_MIN, PORT_MAX] = [20_000, 32_000]
const PORT_TRIES = 50

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
