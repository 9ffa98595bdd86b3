import type { EventOf } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { eventOf } from '#kit/outbox'
import type { GroupBuyRow } from './row.ts'

type StageFact =
  | 'group_buy.closing'
  | 'group_buy.cancelled'
  | 'group_buy.purchasing'
  | 'group_buy.vote_opened'
  | 'group_buy.arrived'
  | 'group_buy.host_due'
  | 'group_buy.settled'
type Shared = 'groupBuyId' | 'title' | 'hostId' | 'memberIds'

export type About = { memberIds: MemberId[]; actorId: MemberId | null; requestId: string; atMs: number }

/** The fact of a change that is about to be written over `row`. */
export const stageFact = <Type extends StageFact>(
  type: Type,
  row: GroupBuyRow,
  { memberIds, actorId, requestId, atMs }: About,
  more: Omit<EventOf<Type>['data'], Shared>,
): EventOf<Type> =>
  eventOf<Type>(
    {
      type,
      aggregateId: row.id,
      version: row.version + 1,
      actorId,
      requestId,
      data: {
        groupBuyId: row.id,
        title: row.title,
        hostId: row.hostId,
        memberIds,
        ...more,
      } as EventOf<Type>['data'],
    },
    atMs,
  )
