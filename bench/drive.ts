import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'

export const CONNECTIONS = 32
const Result = z.object({
  requests: z.int(),
  seconds: z.number(),
  failed: z.int(),
  p50Ms: z.number(),
  p99Ms: z.number(),
})
export type Result = z.infer<typeof Result>
export type Load = { paths: string[]; noCache?: boolean; post?: { body: string; tokens: string[] } }

export const hasWrk = (): boolean => spawnSync('wrk', ['--version']).error === undefined

/** Drives one case for some seconds with 32 connections: by wrk when the machine has it, else from this process. */
export const drive = (origin: string, load: Load, seconds: number, dir: string): Promise<Result> =>
  hasWrk() ? byWrk(origin, load, seconds, dir) : byNode(origin, load, seconds)

async function byWrk(origin: string, load: Load, seconds: number, dir: string): Promise<Result> {
  const file = (name: string, lines: string[]) => {
    writeFileSync(join(dir, name), lines.join('\n'))
    return join(dir, name)
  }
  const env = {
    ...process.env,
    BENCH_PATHS: file('paths', load.paths),
    ...(load.noCache ? { BENCH_NO_CACHE: '1' } : {}),
    ...(load.post ? { BENCH_BODY: load.post.body, BENCH_TOKENS: file('tokens', load.post.tokens) } : {}),
  }
  const script = join(import.meta.dirname, 'drive.lua')
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, origin]
  const words = await new Promise<string>((resolve, reject) => {
    const child = spawn('wrk', args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', () => resolve(said))
  })
  return Result.parse(JSON.parse(/^RESULT (.*)$/m.exec(words)?.[1] ?? 'null'))
}

async function byNode(origin: string, load: Load, seconds: number): Promise<Result> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const startedAt = performance.now()
  const endAt = startedAt + seconds * 1_000
  const latencies: number[] = []
  let failed = 0
  let turn = 0
  const lane = async () => {
    while (performance.now() < endAt) {
      const askedAt = performance.now()
      if (!(await once(agent, origin, load, turn++))) failed += 1
      latencies.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
  agent.destroy()
  const sorted = latencies.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    requests: sorted.length,
    seconds: (performance.now() - startedAt) / 1_000,
    failed,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}

function once(agent: Agent, origin: string, { paths, noCache, post }: Load, turn: number): Promise<boolean> {
  const headers = {
    ...(noCache ? { 'cache-control': 'no-cache' } : {}),
    ...(post
      ? {
          'content-type': 'application/json',
          authorization: `Bearer ${post.tokens[turn % post.tokens.length]}`,
        }
      : {}),
  }
  return new Promise((resolve) => {
    const sent = request(
      origin + (paths[turn % paths.length] ?? '/'),
      { agent, method: post ? 'POST' : 'GET', headers },
      (reply) => {
        reply.resume().once('end', () => resolve((reply.statusCode ?? 500) < 400))
      },
    )
    sent.once('error', () => resolve(false)).end(post?.body)
  })
}
