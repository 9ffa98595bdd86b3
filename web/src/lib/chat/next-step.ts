import type { Room } from '#contracts/chat'
import type { Appointment, Trade } from '#contracts/trades'

/** What comes next between two people about one thing. */
export type NextStep =
  | { kind: 'nothing' }
  | { kind: 'make_appointment' }
  | { kind: 'meet'; appointment: Appointment }
  | { kind: 'say_how_it_went'; appointment: Appointment }
  | { kind: 'sold_elsewhere' }
  | { kind: 'done'; trade: Trade }

type Facts = { room: Room; appointment: Appointment | null; trade: Trade | null; nowMs: number }

/** Agree, meet, hand over, say how it was: one step at a time. */
export function nextStepOf({ room, appointment, trade, nowMs }: Facts): NextStep {
  if (appointment && mayStillSay(appointment, nowMs)) return { kind: 'say_how_it_went', appointment }
  if (trade) return { kind: 'done', trade }
  if (room.listing.status === 'sold') return { kind: 'sold_elsewhere' }
  if (appointment?.state === 'set' && Date.parse(appointment.canSayUntil) > nowMs)
    return { kind: 'meet', appointment }
  const canTalk = room.state === 'open' && room.blocked === null && !room.peerWithdrawn
  const isOffered = room.listing.status === 'on_sale' || room.listing.status === 'reserved'
  return canTalk && isOffered ? { kind: 'make_appointment' } : { kind: 'nothing' }
}

const mayStillSay = ({ state, mySaying, canSayFrom, canSayUntil }: Appointment, nowMs: number): boolean =>
  state !== 'cancelled' &&
  mySaying === null &&
  Date.parse(canSayFrom) <= nowMs &&
  nowMs < Date.parse(canSayUntil)

/** Only the seller says to whom it went, and only once. */
export const mayChooseBuyer = ({ role, listing }: Pick<Room, 'role' | 'listing'>): boolean =>
  role === 'seller' && (listing.status === 'on_sale' || listing.status === 'reserved')
