import { z } from 'zod'
import type { Role } from '#contracts/call'
import type { MemberId } from '#contracts/ids'
import type { ModerationApi } from '#contracts/moderation.api'
import { newId } from '#kit/id'
import { startAlone } from '../../support/worker-alone.ts'

/** The one room that the stand-in of chat knows. */
export const SEEN_ROOM = {
  roomId: newId('room', Date.now()),
  listingId: newId('lst', Date.now()),
  sellerId: newId('mem', Date.now()),
  buyerId: newId('mem', Date.now()),
}

/** The moderation worker alone in workerd; identity, listings and chat are one stand-in (neighbours.worker.ts). */
export async function startModeration() {
  const alone = await startAlone<{ DB: D1Database }, { MODERATION: Service<ModerationApi> }>({
    domain: 'moderation',
    neighbours: ['IDENTITY', 'LISTINGS', 'CHAT'],
    entrypoint: 'ModerationRpc',
    vars: { ROOM: JSON.stringify(SEEN_ROOM) },
  })
  const { db, neighbours, close } = alone
  const { MODERATION: rpc } = await neighbours.getEnv()

  /** A request as the edge passes it on. */
  const call = (as: MemberId, role: Role, method: string, path: string, json?: object) =>
    alone.call(method, path, { as, role, json })

  /** Stops or starts the neighbours' acting, or only looks: which messages are hidden now. */
  async function hiddenNow(state: 'down' | 'up' | 'as it is' = 'as it is'): Promise<number[]> {
    const isLook = state === 'as it is'
    const reply = await neighbours.fetch(`http://neighbours/${isLook ? '' : state}`, {
      method: isLook ? 'GET' : 'PUT',
    })
    return z.object({ hidden: z.array(z.int()) }).parse(await reply.json()).hidden
  }

  return { call, hiddenNow, db, rpc, close }
}
export type ModerationAlone = Awaited<ReturnType<typeof startModeration>>
