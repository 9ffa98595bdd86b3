import type { Seller } from '#contracts/listings'
import type { Appointment } from '#contracts/trades'
import { toIso } from '#kit/clock'
import { canSayFromMs, canSayUntilMs } from './appointment.rules.ts'
import type { AppointmentRow } from './appointment.store.ts'
import type { Side } from './trade.rules.ts'

/** An appointment as one of its sides sees it: what the other said of them stays with the other. */
export const appointmentOf = (row: AppointmentRow, side: Side, peer: Seller): Appointment => ({
  id: row.id,
  roomId: row.roomId,
  listingId: row.listingId,
  place: row.place,
  at: toIso(row.meetAtMs),
  state: row.state,
  setBy: row.setBy,
  peer,
  mySaying: side === 'seller' ? row.sellerSaid : row.buyerSaid,
  peerHasSaid: (side === 'seller' ? row.buyerSaid : row.sellerSaid) !== null,
  canSayFrom: toIso(canSayFromMs(row.meetAtMs)),
  canSayUntil: toIso(canSayUntilMs(row.meetAtMs)),
})

/** What is told of an appointment. */
export const appointmentFacts = (row: AppointmentRow) => ({
  appointmentId: row.id,
  roomId: row.roomId,
  listingId: row.listingId,
  sellerId: row.sellerId,
  buyerId: row.buyerId,
  place: row.place,
  meetAtMs: row.meetAtMs,
})
