import type { z } from 'zod'
import type { ListingRoomFacts, RoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { AppointmentId, MemberId, RoomId } from '#contracts/ids'
import type { Appointment, MoveAppointmentRequest, Outcome, SetAppointmentRequest } from '#contracts/trades'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { change, meetingTime, remindAtMs, sayOutcome } from './appointment.rules.ts'
import {
  type AppointmentRow,
  insertAppointment,
  readAppointment,
  replaceAppointment,
} from './appointment.store.ts'
import { appointmentFacts, appointmentOf } from './appointment.view.rules.ts'
import { type Asker, callFor, reputationTag, type Written } from './asker.ts'
import type { TradesEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { memberOfSide, otherSide, type Side, sideOf } from './trade.rules.ts'

const CHAT_DEADLINE_MS = 2 * SECOND_MS
/** Both sides change it at once: the second change is made on top of the first. */
const CHANGE_TRIES = 4

/** When and where two who talk in a room will meet. A room has one at a time; the one there is, is moved. */
export async function setAppointment(
  env: TradesEnv,
  asker: Asker,
  asked: z.infer<typeof SetAppointmentRequest>,
): Promise<Written<Appointment>> {
  const meetAt = meetingTime(Date.parse(asked.at), asker.atMs)
  if (!meetAt.ok) return meetAt
  const room = await openRoom(env, asker, asked.roomId)
  if (!room.ok) return room
  const row = newAppointment(room.value, asked.place, meetAt.value, asker)
  const shown = await view(env, asker, row)
  if (!shown.ok) return shown
  const event = appointmentEvent('appointment.set', row, asker.memberId, asker)
  const outcome = await runBatch(env.DB, [
    ...insertAppointment(env.DB, row),
    outboxPut(env.DB, event),
    ...asker.completion(201, shown.value),
  ])
  if (outcome.kind === 'done') return ok({ value: shown.value, events: [event], old: [] })
  if (outcome.constraint === 'appointments.room_id') return refuse('CONFLICT')
  return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

const newAppointment = (
  { roomId, listingId, sellerId, buyerId }: ListingRoomFacts,
  place: string,
  meetAtMs: number,
  { memberId, atMs }: Asker,
): AppointmentRow => ({
  id: newId('apt', atMs),
  roomId,
  listingId,
  sellerId,
  buyerId,
  place,
  meetAtMs,
  state: 'set',
  setBy: memberId,
  sellerSaid: null,
  buyerSaid: null,
  remindAtMs: remindAtMs(meetAtMs, atMs),
  version: 1,
  createdAtMs: atMs,
})

/** The room of two, when the asker is in it and it is open. */
async function openRoom(env: TradesEnv, asker: Asker, roomId: RoomId): Promise<Result<ListingRoomFacts>> {
  const request = { roomId, memberId: asker.memberId }
  const room = await callWithin<Result<RoomFacts>>(
    'chat.room',
    CHAT_DEADLINE_MS,
    async () => await env.CHAT.room(callFor(asker, `${roomId}:look`), request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  if (!room.ok) return room
  if (room.value.kind !== 'listing') return refuse('NOT_FOUND')
  return room.value.state === 'closed' ? refuse('ROOM_CLOSED') : ok(room.value)
}

async function view(env: TradesEnv, asker: Asker, row: AppointmentRow): Promise<Result<Appointment>> {
  const side = sideOf(row, asker.memberId)
  if (!side) return refuse('NOT_FOUND')
  const peerId = memberOfSide(row, otherSide(side))
  const faces = await facesOf(env, asker.requestId, [peerId])
  return faces.ok ? ok(appointmentOf(row, side, faces.value(peerId))) : faces
}

/** Moves it to another time or place; both are told. */
export async function moveAppointment(
  env: TradesEnv,
  asker: Asker,
  id: AppointmentId,
  asked: z.infer<typeof MoveAppointmentRequest>,
): Promise<Written<Appointment>> {
  return await onOwn(env, asker, id, async (row) => {
    const allowed = change(row, asker.atMs)
    if (!allowed.ok) return allowed
    const meetAtMs = asked.at === undefined ? row.meetAtMs : Date.parse(asked.at)
    const place = asked.place ?? row.place
    const isMoved = meetAtMs !== row.meetAtMs
    if (!isMoved && place === row.place) return ok({ row, tells: null })
    const meetAt = meetingTime(meetAtMs, asker.atMs)
    if (!meetAt.ok) return meetAt
    const room = await openRoom(env, asker, row.roomId)
    if (!room.ok) return room
    const remind = isMoved ? remindAtMs(meetAtMs, asker.atMs) : row.remindAtMs
    const next = { ...row, place, meetAtMs, setBy: asker.memberId, remindAtMs: remind }
    return ok({ row: next, tells: 'appointment.set' })
  })
}

/** Calls it off; the other is told. A second time changes nothing. */
export async function cancelAppointment(
  env: TradesEnv,
  asker: Asker,
  id: AppointmentId,
): Promise<Written<Appointment>> {
  return await onOwn(env, asker, id, (row) => {
    if (row.state === 'cancelled') return ok({ row, tells: null })
    const allowed = change(row, asker.atMs)
    if (!allowed.ok) return allowed
    return ok({ row: { ...row, state: 'cancelled', remindAtMs: null }, tells: 'appointment.cancelled' })
  })
}

/** Says how the other side kept it; it counts for the other. Told to nobody: it shows in figures. */
export async function sayHowItWent(
  env: TradesEnv,
  asker: Asker,
  id: AppointmentId,
  outcome: Outcome,
): Promise<Written<Appointment>> {
  return await onOwn(env, asker, id, (row, side) => {
    const said = sayOutcome(row, side, outcome, asker.atMs)
    if (!said.ok) return said
    const before = side === 'seller' ? row.sellerSaid : row.buyerSaid
    if (before === outcome) return ok({ row, tells: null })
    const remind = said.value.state === 'over' ? null : row.remindAtMs
    return ok({ row: { ...row, ...said.value, remindAtMs: remind }, tells: 'figures' })
  })
}

type Step = { row: AppointmentRow; tells: 'appointment.set' | 'appointment.cancelled' | 'figures' | null }

/** One change by one of its two sides, tried again when another was faster. Absent and not-yours look alike. */
async function onOwn(
  env: TradesEnv,
  asker: Asker,
  id: AppointmentId,
  step: (row: AppointmentRow, side: Side) => Result<Step> | Promise<Result<Step>>,
): Promise<Written<Appointment>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readAppointment(env.DB, id)
    const side = row && sideOf(row, asker.memberId)
    if (!row || !side) return refuse('NOT_FOUND')
    const stepped = await step(row, side)
    if (!stepped.ok) return stepped
    const { row: changed, tells } = stepped.value
    const next = tells === null ? row : { ...changed, version: row.version + 1 }
    const shown = await view(env, asker, next)
    if (!shown.ok) return shown
    if (tells === null) return ok({ value: shown.value, events: [], old: [] })
    const isFact = tells !== 'figures'
    const events = isFact ? [appointmentEvent(tells, next, asker.memberId, asker)] : []
    const outcome = await runBatch(env.DB, [
      ...replaceAppointment(env.DB, next),
      ...events.map((event) => outboxPut(env.DB, event)),
      ...asker.completion(200, shown.value),
    ])
    const old = isFact ? [] : [reputationTag(memberOfSide(row, otherSide(side)))]
    if (outcome.kind === 'done') return ok({ value: shown.value, events, old })
  }
  return refuse('CONFLICT')
}

/** The fact of an appointment made, moved, called off, or near. */
export const appointmentEvent = (
  type: 'appointment.set' | 'appointment.cancelled' | 'appointment.due',
  row: AppointmentRow,
  actorId: MemberId | null,
  { requestId, atMs }: Pick<Asker, 'requestId' | 'atMs'>,
): MadangEvent =>
  eventOf(
    { type, aggregateId: row.id, version: row.version, actorId, requestId, data: appointmentFacts(row) },
    atMs,
  )
