import { z } from 'zod'
import { GroupBuy, type OpenGroupBuy } from '#contracts/group-buys'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import type { MemberId } from '#contracts/ids'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type Asked, newMember, startAlone } from '../../support/worker-alone.ts'
import type { Told } from './neighbours.worker.ts'
import { BOXES } from './yard.ts'

export { newMember } from '../../support/worker-alone.ts'

/** The group-buys worker alone in workerd with its claims objects; chat, identity, media and payments are stand-ins (neighbours.worker.ts). */
export async function startGroupBuys() {
  const alone = await startAlone<{ DB: D1Database }, { 'GROUP-BUYS': Service<GroupBuysApi> }>({
    domain: 'group-buys',
    neighbours: ['CHAT', 'IDENTITY', 'MEDIA', 'PAYMENTS'],
    entrypoint: 'GroupBuysRpc',
  })
  const { neighbours, call, db } = alone
  const { 'GROUP-BUYS': rpc } = await neighbours.getEnv()

  /** Tells the stand-ins what there is; answers what they saw. */
  const tell = (told: Told) =>
    neighbours
      .fetch('http://neighbours/', { method: 'PUT', body: JSON.stringify(told) })
      .then(async (reply) => Seen.parse(await reply.json()))

  /** A member with money. */
  async function rich(amount = 200_000): Promise<MemberId> {
    const memberId = newMember()
    await tell({ kind: 'purse', memberId, amount })
    return memberId
  }

  async function open(as: MemberId, over: object = {}, asked: Asked = {}): Promise<GroupBuy> {
    const answer = await call('POST', 'group-buys', {
      as,
      json: { ...BOXES, deadline: inHours(48), ...over },
      ...asked,
    })
    if (answer.status !== 201) throw new Error(`not opened: ${answer.status} ${answer.text}`)
    return GroupBuy.parse(answer.json)
  }

  const join = (as: MemberId, id: string, units: number) =>
    call('PUT', `group-buys/${id}/claim`, { as, json: { units } })

  /** The minute tick, as if it were so much later. */
  const tick = (laterMs = 0) => rpc.tick({ atMs: Date.now() + laterMs })

  /** A fact about a member, delivered `times` times. */
  async function hear(
    type: 'member.withdrawn' | 'member.profile_changed',
    memberId: MemberId,
    data: object = {},
    times = 1,
  ) {
    const fact = {
      ...{ id: newId('evt', Date.now()), v: 1, at: Date.now(), type, aggregateId: memberId, version: 2 },
      ...{ actorId: memberId, requestId: 'req-test', data: { memberId, ...data } },
    }
    const messages = Array.from({ length: times }, () => ({ id: newId('evt', Date.now()), body: fact }))
    return await alone.deliver(messages)
  }

  return { ...alone, rpc, tell, rich, open, join, tick, hear, db }
}

export const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString()
export type GroupBuysAlone = Awaited<ReturnType<typeof startGroupBuys>>
export type Over = Partial<OpenGroupBuy>

const Seen = z.object({
  wallets: z.array(z.object({ total: z.int(), held: z.int() })),
  hung: z.record(z.string(), z.array(z.string())),
})
