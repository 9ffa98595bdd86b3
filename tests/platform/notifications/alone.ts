import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { Ticket } from '#contracts/chat'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { NotificationPage } from '#contracts/notifications'
import type { MembersInbox } from '#do/inbox/index'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'
import { listen, openStream } from './readers.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NEIGHBOURS = 'notifications-neighbours'
const TOKEN_LIVES_SECONDS = 15 * 60

export type Asked = { as?: MemberId; json?: unknown; headers?: Record<string, string> }

/** The notifications worker alone in workerd, fed with facts by hand; identity is a stand-in (neighbours.worker.ts). */
export async function startNotifications() {
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM)
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }] }
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: 'workers/notifications/wrangler.toml',
        bindingOverrides: { IDENTITY: NEIGHBOURS },
        secrets: { CURSOR_SECRET: 'a-cursor-key-of-the-tests-of-notifications' },
      },
      {
        config: {
          name: NEIGHBOURS,
          main: 'tests/platform/notifications/neighbours.worker.ts',
          compatibility_date: '2026-11-01',
          vars: { JWKS: JSON.stringify(jwks) },
          services: [
            { binding: 'NOTIFICATIONS', service: 'madang-notifications', entrypoint: 'NotificationsRpc' },
          ],
        },
      },
    ],
  })
  const { url } = await server.listen()
  const worker = server.getWorker<{ DB: D1Database; INBOX: DurableObjectNamespace<MembersInbox<object>> }>(
    'madang-notifications',
  )
  await worker.applyD1Migrations('DB')
  const { DB, INBOX } = await worker.getEnv()
  const queue = QueueHandler.parse(await worker.getExport())
  const neighbours = server.getWorker<{ NOTIFICATIONS: Ticks }>(NEIGHBOURS)
  const { NOTIFICATIONS } = await neighbours.getEnv()

  const tokenOf = (memberId: MemberId, livesSeconds = TOKEN_LIVES_SECONDS): Promise<string> =>
    new SignJWT({ sid: newId('ses', Date.now()), role: 'member' })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(memberId)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + livesSeconds)
      .sign(privateKey)

  /** A request as the edge passes it on. */
  async function call(method: string, path: string, { as, json, headers = {} }: Asked = {}) {
    const reply = await fetch(new URL(`/api/v1/${path}`, url), {
      method,
      headers: {
        ...(as ? { authorization: `Bearer ${await tokenOf(as)}` } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const text = await reply.text()
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
    const code = z.object({ code: z.string() }).safeParse(body).data?.code
    return { status: reply.status, headers: reply.headers, text, json: body, code }
  }

  /** Delivers facts as one batch of the inbox queue; answers the ids of those to be retried. */
  async function hear(facts: readonly MadangEvent[]): Promise<string[]> {
    const messages = facts.map((body) => ({ id: body.id, timestamp: new Date(body.at), attempts: 1, body }))
    const deliver = () => queue.queue('madang-notifications-inbox', messages)
    // A batch whose answer was lost comes again, as from the queue itself.
    const { retryMessages } = await deliver().catch(deliver)
    return retryMessages.map(({ msgId }) => msgId)
  }

  const listOf = async (as: MemberId, query = '', language = 'ko') =>
    NotificationPage.parse(
      (await call('GET', `notifications${query}`, { as, headers: { 'accept-language': language } })).json,
    )

  const streamOf = async (as: MemberId, options: { after?: string; token?: string } = {}) =>
    await openStream(new URL('/api/v1/notifications/stream', url), {
      authorization: `Bearer ${options.token ?? (await tokenOf(as))}`,
      ...(options.after === undefined ? {} : { 'last-event-id': options.after }),
    })

  const ticketFor = async (as: MemberId) =>
    Ticket.parse((await call('POST', 'notifications/ticket', { as })).json)

  const socketOf = async (as: MemberId, after?: number) => {
    const { url: path } = await ticketFor(as)
    const target = new URL(`${path}${after === undefined ? '' : `&afterId=${after}`}`, url)
    return await listen(target.href.replace('http', 'ws'))
  }

  /** The inbox object itself; the stub must be kept for as long as it is asked. */
  const inboxOf = (memberId: MemberId) => INBOX.getByName(memberId)
  const evict = (memberId: MemberId) =>
    worker.evictDurableObject('INBOX', { name: memberId, webSockets: 'hibernate' })

  return {
    ...{ server, url, db: DB, call, hear, listOf, streamOf, socketOf, ticketFor, tokenOf, inboxOf, evict },
    tick: (atMs = Date.now()) => NOTIFICATIONS.tick({ atMs }),
    close: () => server.close(),
  }
}

export type NotificationsAlone = Awaited<ReturnType<typeof startNotifications>>
type Ticks = { tick(now: { atMs: number }): Promise<{ relayed: number; swept: number }> }

/** The default export's queue handler, which the types of the platform leave out of a service. */
const QueueHandler = z.custom<{
  queue(name: string, messages: object[]): Promise<{ retryMessages: { msgId: string }[] }>
}>((value) => typeof value === 'object' || typeof value === 'function')

export const newMember = (): MemberId => newId('mem', Date.now())
