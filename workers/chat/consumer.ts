import { EVIDENCE_KEPT_MS } from '#contracts/chat'
import type { EventOf } from '#contracts/events'
import type { Effect, Handlers } from '#kit/consume'
import type { ChatEnv } from './env.ts'
import { runErrands } from './errand.service.ts'
import {
  putErrand,
  putErrandAtGroup,
  putErrandsAbout,
  putErrandsAtGroupsOf,
  putErrandsOf,
} from './errand.store.ts'
import { keepHeardFace, keepWithdrawal } from './face.store.ts'
import { crowdOf, gatherMembers, goOn, leaveGroupRooms, purgeGroupRoom } from './group.store.ts'
import {
  type GroupBuyFact,
  isEnd,
  lineOfAppointment,
  lineOfMoney,
  linesOfChange,
  linesOfGroupBuy,
} from './line.rules.ts'
import { roomListingOf } from './room.rules.ts'
import { closeRoomsAbout, closeRoomsOf, keepBlock, showListing } from './room.store.ts'

/**
 * What chat does with the facts it hears. Whatever rooms must be told is put down as errands in the fact's own batch; cut off
 * before they are run, the tick runs them.
 */
export function handlersOf(env: ChatEnv): Handlers {
  const { DB } = env
  const told = (statements: D1PreparedStatement[]): Effect => ({
    statements,
    afterCommit: async () => {
      await runErrands(env)
    },
  })
  const appointment = (
    event: EventOf<'appointment.set' | 'appointment.cancelled' | 'appointment.due'>,
  ): Effect => {
    const errand = { kind: 'line', line: lineOfAppointment(event) } as const
    return told([putErrand(DB, event.data.roomId, event.id, errand, event.at)])
  }
  const money = (
    event: EventOf<'trade.paid' | 'trade.cancelled' | 'trade.disputed' | 'trade.decided'>,
  ): Effect => {
    const { listingId, buyerId } = event.data
    const errand = { kind: 'line', line: lineOfMoney(event) } as const
    return told([putErrandsAbout(DB, listingId, event.id, errand, event.at, { only: buyerId })])
  }
  const blocking = (event: EventOf<'member.blocked' | 'member.unblocked'>): Effect => {
    const { memberId: by, blockedId: blocked } = event.data
    const errand = { kind: 'block', by, blocked } as const
    return told([keepBlock(DB, event), putErrandsOf(DB, by, event.id, errand, event.at, blocked)])
  }
  const groupBuy = (event: GroupBuyFact): Effect => {
    const { id: eventId, at, data } = event
    const { groupBuyId } = data
    const crowd = crowdOf(event)
    if (crowd === null) return { statements: [] }
    return told([
      ...gatherMembers(DB, crowd, at),
      putErrandAtGroup(DB, groupBuyId, `${eventId}:who`, { kind: 'gather' }, at),
      ...linesOfGroupBuy(event).flatMap((line) => [
        goOn(DB, groupBuyId, line.state),
        putErrandAtGroup(DB, groupBuyId, eventId, { kind: 'line', line }, at),
      ]),
      ...(isEnd(event) ? [purgeGroupRoom(DB, groupBuyId, at + EVIDENCE_KEPT_MS)] : []),
    ])
  }
  return {
    'member.joined': (event) => ({ statements: [keepHeardFace(DB, event)] }),
    'member.profile_changed': (event) => ({ statements: [keepHeardFace(DB, event)] }),
    'member.withdrawn': (event) => {
      const { memberId } = event.data
      const purgeAtMs = event.at + EVIDENCE_KEPT_MS
      const errand = { kind: 'farewell', memberId, purgeAtMs } as const
      return told([
        keepWithdrawal(DB, event),
        closeRoomsOf(DB, memberId, purgeAtMs),
        putErrandsOf(DB, memberId, event.id, errand, event.at),
        putErrandsAtGroupsOf(DB, memberId, event.id, { kind: 'gather' }, event.at),
        ...leaveGroupRooms(DB, memberId),
      ])
    },
    'listing.changed': (event) =>
      told([
        showListing(DB, roomListingOf(event.data), event),
        ...linesOfChange(event).map((line) =>
          putErrandsAbout(DB, event.data.id, `${event.id}:${line.kind}`, { kind: 'line', line }, event.at),
        ),
      ]),
    'listing.deleted': ({ id, at, version, data }) => {
      const purgeAtMs = at + EVIDENCE_KEPT_MS
      const errand = { kind: 'line', line: { kind: 'listing_deleted' }, purgeAtMs } as const
      return told([
        ...closeRoomsAbout(DB, data.id, version, at, purgeAtMs),
        putErrandsAbout(DB, data.id, id, errand, at),
      ])
    },
    'trade.completed': ({ id, at, data: { listingId, buyerId } }) =>
      told([
        putErrandsAbout(DB, listingId, id, { kind: 'line', line: { kind: 'sold_here' } }, at, {
          only: buyerId,
        }),
        putErrandsAbout(DB, listingId, id, { kind: 'line', line: { kind: 'sold_elsewhere' } }, at, {
          not: buyerId,
        }),
      ]),
    'trade.undone': ({ id, at, data: { listingId } }) =>
      told([putErrandsAbout(DB, listingId, id, { kind: 'line', line: { kind: 'sale_undone' } }, at)]),
    'trade.paid': money,
    'trade.cancelled': money,
    'trade.disputed': money,
    'trade.decided': money,
    'appointment.set': appointment,
    'appointment.cancelled': appointment,
    'appointment.due': appointment,
    'group_buy.joined': groupBuy,
    'group_buy.left': groupBuy,
    'group_buy.promoted': groupBuy,
    'group_buy.filled': groupBuy,
    'group_buy.failed': groupBuy,
    'group_buy.cancelled': groupBuy,
    'group_buy.purchasing': groupBuy,
    'group_buy.arrived': groupBuy,
    'group_buy.settled': groupBuy,
    'member.blocked': blocking,
    'member.unblocked': blocking,
  }
}
