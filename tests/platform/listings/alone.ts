import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { MadangEvent } from '#contracts/events'
import type { ImageId, MemberId } from '#contracts/ids'
import { Listing, type PostListing } from '#contracts/listings'
import type { ListingsApi } from '#contracts/listings.api'
import { tallyOf } from '#do/tally/tally.rules'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NEIGHBOURS = 'listings-neighbours'

export type Asked = {
  as?: MemberId | undefined
  json?: unknown
  headers?: Record<string, string>
  key?: string
}
export type Answer = {
  status: number
  headers: Headers
  text: string
  json: unknown
  code: string | undefined
}

/** The listings worker alone in workerd; identity and media are stand-ins (neighbours.worker.ts). */
export async function startListings() {
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM)
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }] }
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: 'workers/listings/wrangler.toml',
        bindingOverrides: { IDENTITY: NEIGHBOURS, MEDIA: NEIGHBOURS },
        secrets: { CURSOR_SECRET: 'a-cursor-key-of-the-tests-of-listings-alone' },
      },
      {
        config: {
          name: NEIGHBOURS,
          main: 'tests/platform/listings/neighbours.worker.ts',
          compatibility_date: '2026-11-01',
          vars: { JWKS: JSON.stringify(jwks) },
          services: [{ binding: 'LISTINGS', service: 'madang-listings', entrypoint: 'ListingsRpc' }],
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker<{ DB: D1Database; TALLY: DurableObjectNamespace }>('madang-listings')
  const neighbours = server.getWorker<{ LISTINGS: Service<ListingsApi> }>(NEIGHBOURS)
  await worker.applyD1Migrations('DB')
  const { DB } = await worker.getEnv()
  const { LISTINGS } = await neighbours.getEnv()

  const tokens = new Map<MemberId, Promise<string>>()
  function tokenOf(memberId: MemberId): Promise<string> {
    const known = tokens.get(memberId)
    if (known) return known
    const token = new SignJWT({ sid: newId('ses', Date.now()), role: 'member' })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(memberId)
      .setIssuedAt()
      .setExpirationTime('30m')
      .sign(privateKey)
    tokens.set(memberId, token)
    return token
  }

  /** A request as the edge passes it on. */
  async function call(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const headers: Record<string, string> = {
      ...(asked.as ? { authorization: `Bearer ${await tokenOf(asked.as)}` } : {}),
      ...(asked.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(asked.key === undefined ? {} : { 'idempotency-key': asked.key }),
      ...asked.headers,
    }
    const body = asked.json === undefined ? {} : { body: JSON.stringify(asked.json) }
    const response = await worker.fetch(`/api/v1/${path}`, { method, headers, ...body })
    const text = await response.text()
    const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
    return {
      status: response.status,
      headers: new Headers([...response.headers]),
      text,
      json,
      code: z.object({ code: z.string() }).safeParse(json).data?.code,
    }
  }

  /** Posts something ordinary, changed by `over`. */
  async function post(as: MemberId, over: Partial<PostListing> = {}): Promise<Listing> {
    const answer = await call('POST', 'listings', { as, json: { ...LAMP, ...over } })
    if (answer.status !== 201) throw new Error(`post refused: ${answer.status} ${answer.text}`)
    return Listing.parse(answer.json)
  }

  /** The facts told of an aggregate, in the order they were written down. */
  async function factsOf(aggregateId: string): Promise<MadangEvent[]> {
    const { results } = await DB.prepare(
      "SELECT event FROM outbox WHERE event ->> 'aggregateId' = ? ORDER BY rowid",
    )
      .bind(aggregateId)
      .all<{ event: string }>()
    return results.map(({ event }) => MadangEvent.parse(JSON.parse(event)))
  }

  /** Delivers messages as the inbox queue would; answers the ids of those to be retried. */
  async function hear(messages: { id: string; body: unknown }[]): Promise<string[]> {
    const inbox = QueueHandler.parse(await worker.getExport())
    const sent = messages.map((message) => ({ ...message, timestamp: new Date(), attempts: 1 }))
    const { retryMessages } = await inbox.queue('madang-listings-inbox', sent)
    return retryMessages.map(({ msgId }) => msgId)
  }

  const media = (state: 'down' | 'up' | 'as it is') =>
    neighbours
      .fetch(`http://neighbours/${state === 'as it is' ? '' : state}`, {
        method: state === 'as it is' ? 'GET' : 'PUT',
      })
      .then(async (reply) => Hung.parse(await reply.json()).hung)

  /** A listing's tally out of memory, as the platform does with what is idle; its storage and alarm stay. */
  const evictTally = (listingId: string) => worker.evictDurableObject('TALLY', { name: tallyOf(listingId) })

  return {
    server,
    db: DB,
    evictTally,
    rpc: LISTINGS,
    call,
    post,
    factsOf,
    hear,
    media,
    close: () => server.close(),
  }
}

const Hung = z.object({ hung: z.record(z.string(), z.array(z.string())) })
/** The default export's queue handler, which the types of the platform leave out of a service. */
const QueueHandler = z.custom<{
  queue(name: string, messages: object[]): Promise<{ retryMessages: { msgId: string }[] }>
}>((value) => typeof value === 'object' || typeof value === 'function')

export type ListingsAlone = Awaited<ReturnType<typeof startListings>>

export const LAMP: PostListing = {
  title: '북유럽풍 장스탠드 조명',
  description: '이사하면서 내놓아요. 잘 켜져요.',
  category: 'furniture',
  price: 25_000,
  imageIds: [],
}

export const newMember = (): MemberId => newId('mem', Date.now())
export const newImage = (): ImageId => newId('img', Date.now())
export const ctx = {
  actor: { kind: 'worker', worker: 'test' },
  requestId: 'test',
  idempotencyKey: 'test',
} as const
