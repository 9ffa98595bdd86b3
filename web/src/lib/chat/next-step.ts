import type { ListingRoom } from '#contracts/chat'
import type { Appointment } from '#contracts/trades'

/** What comes next between two people about one thing. */
export type NextStep<Meeting, Deal> =
  | { kind: 'unknown' }
  | { kind: 'nothing' }
  | { kind: 'make_appointment' }
  | { kind: 'meet'; appointment: Meeting }
  | { kind: 'say_how_it_went'; appointment: Meeting }
  | { kind: 'sold_elsewhere' }
  | { kind: 'done'; trade: Deal }

type Offer = { listing: Pick<ListingRoom['listing'], 'status'> }
type Talk = Pick<ListingRoom, 'state' | 'blocked' | 'peerWithdrawn'> & Offer
type Meeting = Pick<Appointment, 'state' | 'mySaying' | 'canSayFrom' | 'canSayUntil'>
type Facts<Met, Deal> = {
  room: Talk
  appointment: Met | null
  trade: Deal | null
  isKnown: boolean
  nowMs: number
}

/** Agree, meet, hand over, say how it was: one step at a time. */
export function nextStepOf<Met extends Meeting, Deal>({
  room,
  appointment,
  trade,
  isKnown,
  nowMs,
}: Facts<Met, Deal>): NextStep<Met, Deal> {
  if (!isKnown) return { kind: 'unknown' }
  if (appointment && mayStillSay(appointment, nowMs)) return { kind: 'say_how_it_went', appointment }
  if (trade) return { kind: 'done', trade }
  if (room.listing.status === 'sold') return { kind: 'sold_elsewhere' }
  if (appointment?.state === 'set' && Date.parse(appointment.canSayUntil) > nowMs)
    return { kind: 'meet', appointment }
  const canTalk = room.state === 'open' && room.blocked === null && !room.peerWithdrawn
  return canTalk && isOffered(room) ? { kind: 'make_appointment' } : { kind: 'nothing' }
}

const mayStillSay = ({ state, mySaying, canSayFrom, canSayUntil }: Meeting, nowMs: number): boolean =>
  state !== 'cancelled' &&
  mySaying === null &&
  Date.parse(canSayFrom) <= nowMs &&
  nowMs < Date.parse(canSayUntil)

const isOffered = ({ listing }: Offer) => listing.status === 'on_sale' || listing.status === 'reserved'

/** Only the seller says to whom it went, and only once. */
export const mayChooseBuyer = (room: Pick<ListingRoom, 'role'> & Offer): boolean =>
  room.role === 'seller' && isOffered(room)

/** Only who does not sell it pays for it, and only while it is to be had. */
export const mayBuy = (
  room: Pick<ListingRoom, 'role' | 'state' | 'blocked' | 'peerWithdrawn'> & PricedOffer,
): boolean =>
  room.role === 'buyer' &&
  room.state === 'open' &&
  room.blocked === null &&
  !room.peerWithdrawn &&
  room.listing.status === 'on_sale' &&
  room.listing.price > 0
type PricedOffer = { listing: Pick<ListingRoom['listing'], 'status' | 'price'> }
