import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { Gathering } from '#contracts/group-buys.api'
import type { GroupBuyId } from '#contracts/ids'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import type { ChatEnv } from './env.ts'
import { faceFor, oneRoomOf } from './face.service.ts'
import { gatherMembers, goOn, groupRoomId, insertGroupRoom, readGroupRoom } from './group.store.ts'
import type { Asker, Opened } from './room.service.ts'
import { markReturned } from './room.store.ts'
import { tellWhoIsIn } from './room-object.ts'

const GROUP_BUYS_DEADLINE_MS = 3 * SECOND_MS

/**
 * The room of a group buy, made when the first of its people asks for it, with all of them in it from then on. Who is in it is group-buys' word
 * at this moment; what is heard later corrects it. Once the group buy is over no room is opened any more, so that what is gone stays gone.
 */
export async function openGroupRoom(env: ChatEnv, asker: Asker, id: GroupBuyId): Promise<Result<Opened>> {
  const gathering = await gatheringOf(env, asker, id)
  if (!gathering.ok) return gathering
  const face = await faceFor(env, asker.memberId, asker.requestId)
  if (!face.ok) return face
  const isThere = (await groupRoomId(env.DB, id)) !== null
  if (!isThere && isOver(gathering.value)) return refuse('GROUP_BUY_CLOSED')
  const { title, state, image, hostId } = gathering.value
  const roomId = newId('room', asker.atMs)
  const room = {
    id: roomId,
    groupBuyId: id,
    hostId,
    groupBuy: { id, title, state, image },
    openedAtMs: asker.atMs,
  }
  await env.DB.batch([
    ...(isThere ? [] : [insertGroupRoom(env.DB, room)]),
    ...gatherMembers(env.DB, gathering.value, asker.atMs),
    goOn(env.DB, id, state),
  ])
  const row = await readGroupRoom(env.DB, id, asker.memberId)
  // Something newer was heard while this was asked, and they are not in it: then they left, or it is known in a moment that they came.
  if (row === null) return refuse('UNAVAILABLE', { retryAfterSeconds: 1 })
  await tellWhoIsIn(env, row.id)
  await markReturned(env.DB, asker.memberId, row.id).run()
  return ok({ room: await oneRoomOf(env.DB, row), isNew: row.id === roomId, events: [] })
}

const isOver = ({ state }: Gathering): boolean =>
  state === 'settled' || state === 'failed' || state === 'cancelled'

async function gatheringOf(env: ChatEnv, asker: Asker, id: GroupBuyId): Promise<Result<Gathering>> {
  const ctx: CallContext = {
    actor: { kind: 'member', memberId: asker.memberId, role: 'member' },
    requestId: asker.requestId,
    idempotencyKey: `gathering:${id}`,
  }
  return await callWithin<Result<Gathering>>(
    'group-buys.gathering',
    GROUP_BUYS_DEADLINE_MS,
    async () => await env.GROUP_BUYS.gathering(ctx, { groupBuyId: id, memberId: asker.memberId }),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}
