import type { z } from 'zod'
import type { AppointmentCard, SystemLine } from '#contracts/chat'
import type { EventOf } from '#contracts/events'
import type { GroupBuyState } from '#contracts/group-buys'

/**
 * What the rooms about a listing say of its change. Being sold, and being on sale again after that, is told by the trade: whose
 * room it was in makes a difference.
 */
export function linesOfChange({ data }: EventOf<'listing.changed'>): SystemLine[] {
  const { before, price, status } = data
  if (before === undefined) return []
  const tellsStatus = status !== before.status && status !== 'sold' && before.status !== 'sold'
  return [
    ...(price === before.price ? [] : [{ kind: 'price_changed', from: before.price, to: price } as const]),
    ...(tellsStatus ? [{ kind: 'status_changed', status } as const] : []),
  ]
}

type AppointmentEvent = EventOf<'appointment.set' | 'appointment.cancelled' | 'appointment.due'>

/** What the room of an appointment says of it. */
export function lineOfAppointment({ type, data, actorId }: AppointmentEvent): SystemLine {
  const appointment: z.infer<typeof AppointmentCard> = {
    id: data.appointmentId,
    place: data.place,
    at: new Date(data.meetAtMs).toISOString(),
  }
  const memberId = actorId ?? data.sellerId
  switch (type) {
    case 'appointment.set':
      return { kind: 'appointment_set', appointment, memberId }
    case 'appointment.cancelled':
      return { kind: 'appointment_cancelled', appointment, memberId }
    case 'appointment.due':
      return { kind: 'appointment_due', appointment }
  }
}

/** A fact about a group buy that its room hears. */
export type GroupBuyFact = EventOf<
  | 'group_buy.joined'
  | 'group_buy.left'
  | 'group_buy.promoted'
  | 'group_buy.filled'
  | 'group_buy.failed'
  | 'group_buy.cancelled'
  | 'group_buy.purchasing'
  | 'group_buy.arrived'
  | 'group_buy.settled'
>

/** What the room of a group buy says of what became of it; who came and went it says by itself. */
export function linesOfGroupBuy({ type }: GroupBuyFact): Extract<SystemLine, { kind: 'group_buy_state' }>[] {
  const state = STATES[type]
  return state === null ? [] : [{ kind: 'group_buy_state', state }]
}
const STATES = {
  'group_buy.joined': null,
  'group_buy.left': null,
  'group_buy.promoted': null,
  'group_buy.filled': 'filled',
  'group_buy.purchasing': 'purchasing',
  'group_buy.arrived': 'arrived',
  'group_buy.settled': 'settled',
  'group_buy.failed': 'failed',
  'group_buy.cancelled': 'cancelled',
} as const satisfies Record<GroupBuyFact['type'], GroupBuyState | null>

/** Whether nothing comes after it. */
export const isEnd = ({ type }: GroupBuyFact): boolean =>
  type === 'group_buy.settled' || type === 'group_buy.failed' || type === 'group_buy.cancelled'

type MoneyEvent = EventOf<'trade.paid' | 'trade.cancelled' | 'trade.disputed' | 'trade.decided'>

/** What the room of a trade paid with the wallet says of its money. `amount` is what is put aside for the seller. */
export function lineOfMoney({ type, data }: MoneyEvent): SystemLine {
  switch (type) {
    case 'trade.paid':
      return { kind: 'paid', amount: data.price }
    case 'trade.cancelled':
      return { kind: 'payment_cancelled' }
    case 'trade.disputed':
      return { kind: 'payment_disputed' }
    case 'trade.decided':
      return { kind: 'dispute_decided', refund: data.refund }
  }
}
