import type { EventOf, GroupBuySnapshot } from '#contracts/events'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'

export type GroupBuyFact = EventOf<'group_buy.opened' | 'group_buy.changed'>

const START_MS = Date.UTC(2026, 9, 1)
let made = 0

/** `group_buy.opened` of a made-up group buy; each next one is a minute newer. */
export function openedFact(draft: Partial<GroupBuySnapshot> & { title: string }): GroupBuyFact {
  const createdAtMs = draft.createdAtMs ?? START_MS + made++ * MINUTE_MS
  const id = newId('gb', createdAtMs)
  const data: GroupBuySnapshot = {
    ...{ id, host: { memberId: newId('mem', createdAtMs), nickname: '이웃', photoId: null } },
    ...{ description: '같이 사요', keywords: [], category: 'food', unitPrice: 9_000, unit: '상자' },
    ...{ totalUnits: 10, minUnits: 6, hostUnits: 2, filledUnits: 2, members: 0, waiting: 0 },
    ...{ state: 'recruiting', deadlineMs: Date.now() + DAY_MS, cover: null, region: '망원동' },
    ...{ location: null, shopUnitPrice: null, createdAtMs },
    ...draft,
  }
  return factOf('group_buy.opened', data, 1)
}

/** What is told when it changes; `version` is its own. */
export const changedFact = (
  { data }: GroupBuyFact,
  version: number,
  change: Partial<GroupBuySnapshot>,
): GroupBuyFact => factOf('group_buy.changed', { ...data, ...change }, version)

const factOf = (type: GroupBuyFact['type'], data: GroupBuySnapshot, version: number): GroupBuyFact =>
  eventOf({ type, aggregateId: data.id, version, actorId: null, requestId: 'test', data }, Date.now())
