import type { MadangEvent } from '#contracts/events'
import { OUTCOME_WINDOW_MS } from '#contracts/trades'
import { runBatch } from '#kit/d1'
import { outboxPut, relay } from '#kit/outbox'
import { appointmentEvent } from './appointment.service.ts'
import {
  type AppointmentRow,
  endAppointments,
  readToRemind,
  replaceAppointment,
} from './appointment.store.ts'
import type { TradesEnv } from './env.ts'

const REMINDED_A_TICK = 200
const ENDED_A_TICK = 500

/**
 * Reminds both sides of what is near, once each: the row's reminder goes in the batch of its fact, so a second tick finds none,
 * and one of a moved appointment aborts. A tick that comes after the meeting only forgets the reminder.
 */
export async function remind(env: TradesEnv, atMs: number): Promise<number> {
  const events: MadangEvent[] = []
  for (const row of await readToRemind(env.DB, atMs, REMINDED_A_TICK)) {
    const next: AppointmentRow = { ...row, remindAtMs: null, version: row.version + 1 }
    const facts =
      row.state === 'set' && atMs < row.meetAtMs
        ? [appointmentEvent('appointment.due', next, null, { requestId: `due:${row.id}`, atMs })]
        : []
    const outcome = await runBatch(env.DB, [
      ...replaceAppointment(env.DB, next),
      ...facts.map((event) => outboxPut(env.DB, event)),
    ])
    if (outcome.kind === 'done') events.push(...facts)
  }
  if (events.length > 0) await relay(env.DB, env, events)
  return events.length
}

/** The statement that ends appointments nobody may speak of any more. */
export const endSpokenOf = (env: TradesEnv, atMs: number): D1PreparedStatement =>
  endAppointments(env.DB, atMs - OUTCOME_WINDOW_MS, ENDED_A_TICK)
