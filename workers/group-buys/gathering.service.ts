import type { Result } from '#contracts/errors'
import type { Gathering } from '#contracts/group-buys.api'
import type { GroupBuyId, MemberId, RoomId } from '#contracts/ids'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { readGroupBuy } from './group-buy.store.ts'

/** The page shows itself without the way to the room rather than waiting for it. */
const ROOM_WITHIN_MS = SECOND_MS

/**
 * Who is in it, for one who is. The row is read before the object is asked: its version is never newer than those it stands beside, and
 * whatever is told later corrects them.
 */
export async function gatheringOf(
  env: Pick<GroupBuysEnv, 'DB' | 'SLOT_CLAIMS'>,
  id: GroupBuyId,
  memberId: MemberId,
): Promise<Result<Gathering>> {
  const row = await readGroupBuy(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  const members = await env.SLOT_CLAIMS.getByName(id).members()
  const memberIds = members.filter(({ units }) => units > 0).map((member) => member.memberId)
  if (memberId !== row.hostId && !memberIds.includes(memberId)) return refuse('NOT_FOUND')
  const { title, state, hostId, version } = row
  return ok({ id, title, state, image: imagesOf(row.images)[0] ?? null, hostId, memberIds, version })
}

/** Where its people talk; null while nobody opened the room, and when chat does not answer. */
export async function roomOf(
  env: Pick<GroupBuysEnv, 'CHAT'>,
  requestId: string,
  groupBuyId: GroupBuyId,
): Promise<RoomId | null> {
  const ctx = {
    actor: { kind: 'worker', worker: 'group-buys' },
    requestId,
    idempotencyKey: `room:${groupBuyId}`,
  } as const
  return await callWithin<RoomId | null>(
    'chat.groupRoom',
    ROOM_WITHIN_MS,
    async () => {
      const room = await env.CHAT.groupRoom(ctx, { groupBuyId })
      return room.ok ? room.value : null
    },
    () => null,
  )
}
