import { Ticket } from '#contracts/chat'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { NotificationPage } from '#contracts/notifications'
import type { MembersInbox } from '#do/inbox/index'
import { startAlone } from '../../support/worker-alone.ts'
import { listen, openStream } from './readers.ts'

export { newMember } from '../../support/worker-alone.ts'

/** The notifications worker alone in workerd, fed with facts by hand; identity is a stand-in (neighbours.worker.ts). */
export async function startNotifications() {
  const alone = await startAlone<Env, { NOTIFICATIONS: Ticks }>({
    domain: 'notifications',
    neighbours: ['IDENTITY', 'PUSH_HTTP'],
    entrypoint: 'NotificationsRpc',
  })
  const { server, url, worker, neighbours, db, call, close } = alone
  const { INBOX } = alone.env
  const { NOTIFICATIONS } = await neighbours.getEnv()
  const tokenOf = (memberId: MemberId, livesSeconds?: number) =>
    alone.tokenOf(memberId, 'member', livesSeconds)

  /** Delivers facts as one batch of the inbox queue; answers the ids of those to be retried. */
  async function hear(facts: readonly MadangEvent[]): Promise<string[]> {
    const deliver = () => alone.deliver(facts.map((body) => ({ id: body.id, body })))
    // A batch whose answer was lost comes again, as from the queue itself.
    return await deliver().catch(deliver)
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

  /** What still waits to leave a member's inbox for devices and by mail. */
  async function outgoingOf(memberId: MemberId): Promise<{ way: string; tries: number }[]> {
    const storage = await worker.getDurableObjectStorage('INBOX', { name: memberId })
    return await storage.exec<{ way: string; tries: number }>('SELECT way, tries FROM outgoing ORDER BY way')
  }

  return {
    ...{ neighbours, outgoingOf, vapidKeys: alone.env.VAPID_KEYS },
    ...{ server, url, db, call, hear, listOf, streamOf, socketOf, ticketFor, tokenOf, inboxOf, evict },
    tick: (atMs = Date.now()) => NOTIFICATIONS.tick({ atMs }),
    close,
  }
}

export type NotificationsAlone = Awaited<ReturnType<typeof startNotifications>>
type Env = { VAPID_KEYS: string; DB: D1Database; INBOX: DurableObjectNamespace<MembersInbox<object>> }
type Ticks = { tick(now: { atMs: number }): Promise<{ relayed: number; swept: number }> }
