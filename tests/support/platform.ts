import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { bundledConfigOf } from '../../scripts/derived-worker.ts'
import { makeTables } from './harness-tables.ts'
import { STOPPED, stoppable, switchOf } from './stoppable.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export type PlatformOptions = {
  /** Service bindings pointed elsewhere, by the worker that holds them: `{ 'madang-search': { LISTINGS: 'madang-stand-ins' } }`. */
  overrides?: Record<string, Record<string, string>>
  /** Vars set for one worker. */
  vars?: Record<string, Record<string, string>>
  /** Lets `stop` and `start` switch single domains while the platform runs. */
  stoppable?: boolean
}

export type SignedUp = {
  memberId: string
  accessToken: string
  refreshToken: string
  loginId: string
  email: string
  nickname: string
  password: string
}

/**
 * The whole platform but the pages, in workerd, with empty databases, for a file that needs one of its own: it stops workers, or asks about
 * everybody's things. `close()` it in `afterAll`.
 */
export async function startPlatform(options: PlatformOptions = {}) {
  const domains = readdirSync(join(ROOT, 'workers')).filter((name) =>
    existsSync(join(ROOT, 'workers', name, 'wrangler.toml')),
  )
  const names = ['madang-edge', ...domains.map((domain) => `madang-${domain}`)]
  const switchable = options.stoppable || STOPPED.length > 0 ? stoppable(ROOT, domains) : null
  const configOf = (domain: string) => switchable?.configs.get(domain) ?? bundledConfigOf(`madang-${domain}`)
  const configs = [bundledConfigOf('madang-edge'), ...domains.map(configOf)]
  const server = createTestHarness({
    root: ROOT,
    workers: configs.map((configPath, index) => {
      const name = names[index] ?? ''
      // No pages here: whatever would go to the web worker meets the stand-ins' 404.
      const web = name === 'madang-edge' ? { WEB: 'madang-stand-ins' } : {}
      return {
        configPath,
        bindingOverrides: { ...web, ...options.overrides?.[name] },
        vars: options.vars?.[name] ?? {},
      }
    }),
  })
  await server.listen()
  await Promise.all(
    domains
      .filter((domain) => existsSync(join(ROOT, 'migrations', domain)))
      .map(async (domain) => {
        const { DB } = await server.getWorker<{ DB: D1Database }>(`madang-${domain}`).getEnv()
        await makeTables(DB, domain)
      }),
  )

  // By its name, not by `server.fetch`: that one goes through a proxy in a process of its own, at half of the cost again.
  const edge = server.getWorker('madang-edge')
  /** A request through the edge, JSON in and out unless `init` says otherwise. */
  async function call(method: string, path: string, init: CallInit = {}): Promise<Reply> {
    const headers = new Headers(init.headers)
    if (init.token) headers.set('authorization', `Bearer ${init.token}`)
    if (init.json !== undefined) headers.set('content-type', 'application/json')
    if (init.idempotencyKey) headers.set('idempotency-key', init.idempotencyKey)
    const body = init.json === undefined ? init.body : JSON.stringify(init.json)
    const response = await edge.fetch(path.startsWith('/') ? path : `/api/v1/${path}`, {
      method,
      headers: Object.fromEntries(headers),
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: new Headers([...response.headers]),
      text,
      json: readJson(text),
    }
  }

  /** Mails the stand-in took for an address, newest first. */
  async function mailTo(address: string): Promise<{ subject: string; text: string }[]> {
    const reply = await call('GET', `/dev/mail?to=${encodeURIComponent(address)}`)
    return Mails.parse(reply.json).items
  }

  const { stop, start, whileRunning, stopAsAsked } = switchOf(server, call)

  /** A member who has been here before, signed in. */
  const signUp = (name = unique('m')) => whileRunning('identity', () => enter(call, name, 'member'))

  /** The minute tick, now. */
  const tick = () => call('POST', '/dev/tick', { json: {} })

  const close = async () => {
    await server.close()
    switchable?.remove()
  }
  const platform = { server, call, mailTo, signUp, tick, stop, start, whileRunning, close }
  await stopAsAsked(signUp)
  return platform
}

export type OwnPlatform = Awaited<ReturnType<typeof startPlatform>>
export type Platform = Omit<OwnPlatform, 'close'>

let shared: Promise<Platform> | undefined
/**
 * The platform that all files of one test process share, since a start costs as much as most files do; it ends with the process. Tests use
 * fresh ids (`unique()`) rather than resets, none stops a worker, and each asks about its own things only.
 */
export function openPlatform(): Promise<Platform> {
  shared ??= startPlatform()
  return shared
}
type Call = (method: string, path: string, init?: CallInit) => Promise<Reply>
export type CallInit = {
  token?: string
  json?: unknown
  body?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  idempotencyKey?: string
}
/** A reply read whole; `json` is undefined when the body is not JSON. */
export type Reply = { status: number; headers: Headers; text: string; json: unknown }

/** Someone with the operator's role, signed in. */
export const newOperator = ({ call, whileRunning }: Platform): Promise<SignedUp> =>
  whileRunning('identity', () => enter(call, unique('op'), 'operator'))

/** An account made without mail, and its first session. */
async function enter(call: Call, name: string, role: 'member' | 'operator'): Promise<SignedUp> {
  const account = {
    loginId: name,
    email: `${name}@example.com`,
    nickname: name.slice(0, 16),
    password: 'maple-Yard-77-quiet',
  }
  const made = await call('POST', '/dev/members', { json: { ...account, role } })
  const json = { login: account.loginId, password: account.password }
  // A crowd that signs in at once is asked to come back, as anybody is.
  const signedIn = await eventually(async () => {
    const reply = await call('POST', 'auth/sign-in', { json })
    if (reply.status === 503) throw new Error(`${name} waits: ${reply.text}`)
    return reply
  })
  if (signedIn.status !== 200) throw new Error(`${name} is not in: ${made.text} ${signedIn.text}`)
  const { member, accessToken, refreshToken } = SessionReply.parse(signedIn.json)
  return { ...account, memberId: member.id, accessToken, refreshToken }
}

const Mails = z.object({ items: z.array(z.object({ subject: z.string(), text: z.string() })) })
const SessionReply = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  member: z.object({ id: z.string() }),
})

let uniqueCount = 0
/** A name no other test uses: lower case, 4–20 characters. */
export const unique = (prefix: string): string =>
  `${prefix}${process.pid.toString(36)}${Date.now().toString(36).slice(-5)}${(uniqueCount++).toString(36)}`

/** Retries until it stops throwing; what happens behind queues has no moment of its own to wait for. */
export async function eventually<Value>(check: () => Promise<Value>, withinMs = 8_000): Promise<Value> {
  const untilMs = Date.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > untilMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
