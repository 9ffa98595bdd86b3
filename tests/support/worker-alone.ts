import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { parse } from 'smol-toml'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import type { Role } from '#contracts/call'
import { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'
import { bundledConfigOf } from '../../scripts/derived-worker.ts'
import { secretFor } from '../../scripts/dev-vars.ts'
import { makeTables } from './harness-tables.ts'
import { STOPPED } from './stoppable.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const COMPATIBILITY_DATE = '2026-11-01'
const TOKEN_LIVES_SECONDS = 30 * 60

type HarnessWorker = NonNullable<Parameters<typeof createTestHarness>[0]>['workers'][number]

export type AloneOptions = {
  /** `listings`: the worker of `workers/listings`, and its stand-in `tests/platform/listings/neighbours.worker.ts`. */
  domain: string
  /** The worker's bindings to other domains, which the stand-in answers. */
  neighbours: readonly string[]
  /** The worker's RPC class, when the stand-in is to hold a binding to it; named as the domain, in capitals. */
  entrypoint?: string
  /** What the stand-in is told at its start, beside `JWKS`, the public key of these tests' tokens. */
  vars?: Record<string, string>
  /** What stands in front of the worker: `server.fetch` goes to it. */
  front?: HarnessWorker
  /** What runs with the worker as it is. */
  beside?: HarnessWorker[]
}

export type Asked = {
  /** Who asks, with a token of these tests' key; `token` is one from elsewhere. */
  as?: MemberId | undefined
  role?: Role
  token?: string | undefined
  json?: unknown
  key?: string
  headers?: Record<string, string>
}
export type Answer = {
  status: number
  headers: Headers
  text: string
  json: unknown
  /** The code of a refusal. */
  code: string | undefined
}

/** What the stand-in of a domain's neighbours is called. */
export const neighboursOf = (domain: string): string => `${domain}-neighbours`

/** One worker alone in workerd with an empty database; the domains that it asks are one stand-in beside it. */
export async function startAlone<Env extends { DB: D1Database }, NeighboursEnv = object>(
  options: AloneOptions,
) {
  const { domain } = options
  const name = `madang-${domain}`
  const keys = await newKeys()
  const server = createTestHarness({
    root: ROOT,
    workers: [
      ...(options.front ? [options.front] : []),
      {
        configPath: bundledConfigOf(name),
        bindingOverrides: Object.fromEntries(
          options.neighbours.map((each) => [each, isStopped(each) ? STOPPED_WORKER : neighboursOf(domain)]),
        ),
        secrets: secretsOf(domain, keys.privateJwk),
      },
      standInFor(options, keys.publicJwk),
      ...(STOPPED.length > 0 ? [stoppedWorker(keys.publicJwk)] : []),
      ...(options.beside ?? []),
    ],
  })
  const { url } = await server.listen()
  const worker = server.getWorker<Env>(name)
  const neighbours = server.getWorker<NeighboursEnv>(neighboursOf(domain))
  const env = await worker.getEnv()
  await makeTables(env.DB, domain)
  const inbox = QueueHandler.parse(await worker.getExport())

  const tokens = new Map<string, Promise<string>>()
  /** A token as identity would sign it; the same one again for the same question. */
  function tokenOf(memberId: MemberId, role: Role = 'member', livesSeconds = TOKEN_LIVES_SECONDS) {
    const question = `${memberId} ${role} ${livesSeconds}`
    const token = tokens.get(question) ?? tokenFor(keys.privateKey, memberId, role, livesSeconds)
    tokens.set(question, token)
    return token
  }

  /** A request as the edge passes it on; a path without a leading slash is one of the API. */
  async function call(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const token = asked.as ? await tokenOf(asked.as, asked.role) : asked.token
    const headers: Record<string, string> = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(asked.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(asked.key === undefined ? {} : { 'idempotency-key': asked.key }),
      ...asked.headers,
    }
    const body = asked.json === undefined ? {} : { body: JSON.stringify(asked.json) }
    const target = path.startsWith('/') ? path : `/api/v1/${path}`
    const response = await worker.fetch(target, { method, headers, ...body })
    const text = await response.text()
    const json = readJson(text)
    const code = z.object({ code: z.string() }).safeParse(json).data?.code
    return { status: response.status, headers: new Headers([...response.headers]), text, json, code }
  }

  /** Delivers messages as one batch of the worker's inbox queue; answers the ids of those to be retried. */
  async function deliver(messages: readonly { id: string; body: unknown }[]): Promise<string[]> {
    const sent = messages.map((message) => ({ ...message, timestamp: new Date(), attempts: 1 }))
    const { retryMessages } = await inbox.queue(`${name}-inbox`, sent)
    return retryMessages.map(({ msgId }) => msgId)
  }

  /** The facts told of an aggregate, in the order they were written down. */
  async function factsOf(aggregateId: string): Promise<MadangEvent[]> {
    const { results } = await env.DB.prepare(
      "SELECT event FROM outbox WHERE event ->> 'aggregateId' = ? ORDER BY rowid",
    )
      .bind(aggregateId)
      .all<{ event: string }>()
    return results.map(({ event }) => MadangEvent.parse(JSON.parse(event)))
  }

  const close = () => server.close()
  return { server, url, worker, neighbours, env, db: env.DB, tokenOf, call, deliver, factsOf, close }
}

const STOPPED_WORKER = 'stopped'
const isStopped = (binding: string): boolean => STOPPED.includes(binding.toLowerCase().replaceAll('_', '-'))

/** In place of the stand-in for a domain that MADANG_STOPPED names: it answers nobody. */
const stoppedWorker = (publicJwk: object): HarnessWorker => ({
  config: {
    name: STOPPED_WORKER,
    main: 'tests/support/stopped.worker.ts',
    compatibility_date: COMPATIBILITY_DATE,
    vars: { JWKS: JSON.stringify({ keys: [publicJwk] }) },
  },
})

function standInFor({ domain, entrypoint, vars }: AloneOptions, publicJwk: object): HarnessWorker {
  const binding = domain.toUpperCase()
  return {
    config: {
      name: neighboursOf(domain),
      main: `tests/platform/${domain}/neighbours.worker.ts`,
      compatibility_date: COMPATIBILITY_DATE,
      vars: { JWKS: JSON.stringify({ keys: [publicJwk] }), ...vars },
      services: entrypoint === undefined ? [] : [{ binding, service: `madang-${domain}`, entrypoint }],
    },
  }
}

async function newKeys() {
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true })
  const named = { kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }
  return {
    privateKey,
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
  }
}

const tokenFor = (key: CryptoKey, memberId: MemberId, role: Role, livesSeconds: number): Promise<string> =>
  new SignJWT({ sid: newId('ses', Date.now()), role })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(memberId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + livesSeconds)
    .sign(key)

const WithSecrets = z.object({ secrets: z.object({ required: z.array(z.string()) }).optional() })
/** A value for every secret that the worker's wrangler.toml asks for. */
function secretsOf(domain: string, privateJwk: object): Record<string, string> {
  const toml = WithSecrets.parse(parse(readFileSync(join(ROOT, 'workers', domain, 'wrangler.toml'), 'utf8')))
  const secretOf = (name: string) => (name === 'TOKEN_KEYS' ? JSON.stringify([privateJwk]) : secretFor(name))
  return Object.fromEntries((toml.secrets?.required ?? []).map((name) => [name, secretOf(name)]))
}

/** The default export's queue handler, which the types of the platform leave out of a service. */
const QueueHandler = z.custom<{
  queue(name: string, messages: object[]): Promise<{ retryMessages: { msgId: string }[] }>
}>((value) => typeof value === 'object' || typeof value === 'function')

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const newMember = (): MemberId => newId('mem', Date.now())
