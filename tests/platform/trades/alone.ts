import { z } from 'zod'
import type { MadangEvent } from '#contracts/events'
import type { ListingId, MemberId, RoomId } from '#contracts/ids'
import { Trade } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { newId } from '#kit/id'
import { newMember, startAlone } from '../../support/worker-alone.ts'

export { type Answer, newMember } from '../../support/worker-alone.ts'

/** A thing on sale and a buyer who wrote about it. */
export type Talk = { sellerId: MemberId; buyerId: MemberId; listingId: ListingId; roomId: RoomId }

/** The trades worker alone in workerd; identity, listings, chat, payments and coupons are stand-ins (neighbours.worker.ts) that can be stopped. */
export async function startTrades() {
  const alone = await startAlone<{ DB: D1Database }, { TRADES: Service<TradesApi> }>({
    domain: 'trades',
    neighbours: ['IDENTITY', 'LISTINGS', 'CHAT', 'PAYMENTS', 'COUPONS'],
    entrypoint: 'TradesRpc',
  })
  const { server, db, neighbours, call, factsOf, close, worker } = alone
  const { TRADES } = await neighbours.getEnv()

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
      ...{ id: newId('evt', Date.now()), body: fact },
    }))
    const retried = await alone.deliver(messages)
    if (retried.length > 0) throw new Error('the withdrawal was not taken')
  }
  /** What payments' stand-in has of these, and in which states the coupons are. */
  const booksOf = (of: string[], coupons: string[] = []) => tell({ kind: 'wallets', of, coupons })
  const statusOf = async (id: ListingId) => (await tell({ kind: 'look', id })).status

  return {
    server,
    db,
    worker,
    call,
    rpc: TRADES,
    booksOf,
    tell,
    talk,
    sold,
    factsOf,
    tick,
    leaves,
    statusOf,
    close,
  }
}

const Seen = z.object({
  membersAsked: z.int(),
  incidents: z.array(z.string()),
  status: z.string().nullable(),
  wallets: z.array(z.object({ total: z.int(), held: z.int() })),
  coupons: z.array(z.string().nullable()),
})
export type TradesAlone = Awaited<ReturnType<typeof startTrades>>
