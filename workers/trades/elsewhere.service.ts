import type { MadangEvent } from '#contracts/events'
import { outboxPut } from '#kit/outbox'
import { change } from './appointment.rules.ts'
import { appointmentEvent } from './appointment.service.ts'
import { type AppointmentRow, readWithOthers, replaceAppointment } from './appointment.store.ts'
import type { TradesEnv } from './env.ts'
import type { TradeRow } from './trade.store.ts'

/** A batch carries three statements for each; a thing with more meetings to come keeps the rest until a side calls them off. */
const CALLED_OFF_MAX = 30

/**
 * A thing sold to one neighbour is nothing to meet about with the others: their appointments are called off in the batch that
 * closes the deal, so that nobody is reminded of it. One that changes at the same moment aborts that batch, and it is tried anew.
 */
export async function callOffOthers(
  env: TradesEnv,
  trade: TradeRow,
  asked: { requestId: string; atMs: number },
): Promise<{ statements: D1PreparedStatement[]; events: MadangEvent[] }> {
  const rows = await readWithOthers(env.DB, trade, asked.atMs, CALLED_OFF_MAX)
  const off = rows
    .filter((row) => change(row, asked.atMs).ok)
    .map(
      (row): AppointmentRow => ({ ...row, state: 'cancelled', remindAtMs: null, version: row.version + 1 }),
    )
  const events = off.map((row) => appointmentEvent('appointment.cancelled', row, trade.sellerId, asked))
  return {
    statements: [
      ...off.flatMap((row) => replaceAppointment(env.DB, row)),
      ...events.map((event) => outboxPut(env.DB, event)),
    ],
    events,
  }
}
