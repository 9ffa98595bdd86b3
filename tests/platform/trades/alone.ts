import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { MadangEvent } from '#contracts/events'
import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import { Trade } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NEIGHBOURS = 'trades-neighbours'

export type Answer = {
  status: number
  headers: Headers
  text: string
  json: unknown
  code: string | undefined
}
export type Asked = { as?: MemberId; json?: unknown; key?: string }
/** A thing on sale and a buyer who wrote about it. */
export type Talk = { sellerId: MemberId; buyerId: MemberId; listingId: ListingId; roomId: RoomId }

/** The trades worker alone in workerd; identity, listings and chat are stand-ins (neighbours.worker.ts) that can be stopped. */
export async function startTrades() {
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM)
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }] }
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: 'workers/trades/wrangler.toml',
        bindingOverrides: { IDENTITY: NEIGHBOURS, LISTINGS: NEIGHBOURS, CHAT: NEIGHBOURS },
        secrets: { CURSOR_SECRET: 'a-cursor-key-of-the-tests-of-trades-alone' },
      },
      {
        config: {
          name: NEIGHBOURS,
          main: 'tests/platform/trades/neighbours.worker.ts',
          compatibility_date: '2026-11-01',
          vars: { JWKS: JSON.stringify(jwks) },
          services: [{ binding: 'TRADES', service: 'madang-trades', entrypoint: 'TradesRpc' }],
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker<{ DB: D1Database }>('madang-trades')
  const neighbours = server.getWorker<{ TRADES: Service<TradesApi> }>(NEIGHBOURS)
  await worker.applyD1Migrations('DB')
  const { DB } = await worker.getEnv()
  const { TRADES } = await neighbours.getEnv()
  const queue = QueueHandler.parse(await worker.getExport())

  const tokenOf = (memberId: MemberId): Promise<string> =>
    new SignJWT({ sid: newId('ses', Date.now()), role: 'member' })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(memberId)
      .setIssuedAt()
      .setExpirationTime('30m')
      .sign(privateKey)

  /** A request as the edge passes it on. */
  async function call(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const headers: Record<string, string> = {
      ...(asked.as ? { authorization: `Bearer ${await tokenOf(asked.as)}` } : {}),
      ...(asked.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(asked.key === undefined ? {} : { 'idempotency-key': asked.key }),
    }
    const body = asked.json === undefined ? {} : { body: JSON.stringify(asked.json) }
    const response = await worker.fetch(`/api/v1/${path}`, { method, headers, ...body })
    const text = await response.text()
    const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
    const code = z.object({ code: z.string() }).safeParse(json).data?.code
    return { status: response.status, headers: new Headers([...response.headers]), text, json, code }
  }

  /** Tells the stand-ins what there is; answers what they saw. */
  const tell = (told: object) =>
    neighbours
      .fetch('http://neighbours/', { method: 'PUT', body: JSON.stringify(told) })
      .then(async (reply) => Seen.parse(await reply.json()))

  /** A thing on sale, and a neighbour who wrote about it. */
  async function talk(over: Partial<Talk> = {}): Promise<Talk> {
    const fresh = {
      sellerId: newMember(),
      buyerId: newMember(),
      listingId: newId('lst', Date.now()),
      roomId: newId('room', Date.now()),
      ...over,
    }
    if (over.listingId === undefined)
      await tell({ kind: 'thing', id: fresh.listingId, sellerId: fresh.sellerId, title: '원목 책상' })
    await tell({ kind: 'room', ...fresh, state: 'open' })
    return fresh
  }

  /** The deal closed between the two of a talk, as its seller sees it. */
  async function sold(between: Talk): Promise<Trade> {
    const answer = await call('POST', `listings/${between.listingId}/buyer`, {
      as: between.sellerId,
      json: { memberId: between.buyerId },
    })
    if (answer.status !== 201) throw new Error(`not sold: ${answer.status} ${answer.text}`)
    return Trade.parse(answer.json)
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

  /** The minute tick, as if it were so much later. */
  const tick = (laterMs = 0) => TRADES.tick({ atMs: Date.now() + laterMs })
  /** The withdrawal of a member, delivered `times` times. */
  async function leaves(memberId: MemberId, times = 1): Promise<void> {
    const fact: MadangEvent = {
      ...{ id: newId('evt', Date.now()), v: 1, at: Date.now(), type: 'member.withdrawn' },
      ...{
        aggregateId: memberId,
        version: 1,
        actorId: memberId,
        requestId: 'req-leaving',
        data: { memberId },
      },
    }
    const messages = Array.from({ length: times }, () => ({
      ...{ id: newId('evt', Date.now()), timestamp: new Date(), attempts: 1, body: fact },
    }))
    const { retryMessages } = await queue.queue('madang-trades-inbox', messages)
    if (retryMessages.length > 0) throw new Error('the withdrawal was not taken')
  }
  const statusOf = async (id: ListingId) => (await tell({ kind: 'look', id })).status

  return {
    server,
    db: DB,
    call,
    tell,
    talk,
    sold,
    factsOf,
    tick,
    leaves,
    statusOf,
    close: () => server.close(),
  }
}

/** The default export's queue handler, which the types of the platform leave out of a service. */
const QueueHandler = z.custom<{
  queue(name: string, messages: object[]): Promise<{ retryMessages: { msgId: string }[] }>
}>((value) => typeof value === 'object' || typeof value === 'function')

const Seen = z.object({ membersAsked: z.int(), status: z.string().nullable() })
export type TradesAlone = Awaited<ReturnType<typeof startTrades>>
export const newMember = (): MemberId => newId('mem', Date.now())
