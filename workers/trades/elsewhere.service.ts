import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { outboxPut } from '#kit/outbox'
import { change } from './appointment.rules.ts'
import { appointmentEvent } from './appointment.service.ts'
import { type AppointmentRow, readComing, readWithOthers, replaceAppointment } from './appointment.store.ts'
import type { TradesEnv } from './env.ts'
import type { TradeRow } from './trade.store.ts'

/** A batch carries three statements for each; a thing with more meetings to come keeps the rest until a side calls them off. */
const CALLED_OFF_MAX = 30
/** Of one who leaves, whose batch carries nothing else; at the meetings beyond, which hardly anybody has, they are simply missed. */
const LEAVERS_CALLED_OFF_MAX = 200

type Asked = { requestId: string; atMs: number }
export type CalledOff = { statements: D1PreparedStatement[]; events: MadangEvent[] }

/**
 * A thing sold to one neighbour is nothing to meet about with the others: their appointments are called off in the batch that
 * closes the deal, so that nobody is reminded of it. One that changes at the same moment aborts that batch, and it is tried anew.
 */
export async function callOffOthers(env: TradesEnv, trade: TradeRow, asked: Asked): Promise<CalledOff> {
  const rows = await readWithOthers(env.DB, trade, asked.atMs, CALLED_OFF_MAX)
  return callOff(env, rows, trade.sellerId, asked)
}

/** Nobody need wait for one who has left: what they had set is called off. Their trades stay, the other side's history too. */
export async function callOffLeavers(env: TradesEnv, leaverId: MemberId, asked: Asked): Promise<CalledOff> {
  const rows = await readComing(env.DB, leaverId, [asked.atMs, ''], LEAVERS_CALLED_OFF_MAX)
  return callOff(env, rows, leaverId, asked)
}

/** Those that may still be called off; how the others went can be said already. */
function callOff(env: TradesEnv, rows: AppointmentRow[], actorId: MemberId, asked: Asked): CalledOff {
  const off = rows
    .filter((row) => change(row, asked.atMs).ok)
    .map(
      (row): AppointmentRow => ({ ...row, state: 'cancelled', remindAtMs: null, version: row.version + 1 }),
    )
  const events = off.map((row) => appointmentEvent('appointment.cancelled', row, actorId, asked))
  return {
    statements: [
      ...off.flatMap((row) => replaceAppointment(env.DB, row)),
      ...events.map((event) => outboxPut(env.DB, event)),
    ],
    events,
  }
}
