import type { Result } from '#contracts/errors'
import {
  APPOINTMENT_AHEAD_MAX_MS,
  type Appointment,
  OUTCOME_FROM_BEFORE_MS,
  OUTCOME_WINDOW_MS,
  type Outcome,
  REMINDER_BEFORE_MS,
} from '#contracts/trades'
import { MINUTE_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { Side } from './trade.rules.ts'

type State = Appointment['state']
export type Sayings = { sellerSaid: Outcome | null; buyerSaid: Outcome | null }
type Standing = Sayings & { state: State; meetAtMs: number }

/** Made so shortly before its time, both still have it in mind: no reminder. */
export const REMINDER_NOT_UNDER_MS = 20 * MINUTE_MS

/** A time to meet: in the future, and not more than ninety days ahead. */
export const meetingTime = (meetAtMs: number, nowMs: number): Result<number> =>
  meetAtMs > nowMs && meetAtMs <= nowMs + APPOINTMENT_AHEAD_MAX_MS
    ? ok(meetAtMs)
    : refuse('APPOINTMENT_TIME_INVALID')

/** When both are reminded: an hour before; at the next tick when it is nearer than that; not at all when it is very near. */
export const remindAtMs = (meetAtMs: number, nowMs: number): number | null =>
  meetAtMs - nowMs < REMINDER_NOT_UNDER_MS ? null : Math.max(nowMs, meetAtMs - REMINDER_BEFORE_MS)

/**
 * Whether it may still be moved or cancelled: until its time, and while nobody has said how it went. Later, moving it would
 * wipe out who did not come; a new one is made instead.
 */
export const change = ({ state, meetAtMs, sellerSaid, buyerSaid }: Standing, nowMs: number): Result<null> =>
  state === 'set' && nowMs < meetAtMs && sellerSaid === null && buyerSaid === null
    ? ok(null)
    : refuse('CONFLICT')

export const canSayFromMs = (meetAtMs: number): number => meetAtMs - OUTCOME_FROM_BEFORE_MS
export const canSayUntilMs = (meetAtMs: number): number => meetAtMs + OUTCOME_WINDOW_MS

/** What stands after one side says how the other kept it. It may change its word until both have said theirs; then it is over. */
export function sayOutcome(
  standing: Standing,
  side: Side,
  outcome: Outcome,
  nowMs: number,
): Result<Sayings & { state: State }> {
  const { state, meetAtMs, sellerSaid, buyerSaid } = standing
  if (state === 'cancelled') return refuse('CONFLICT')
  if (nowMs < canSayFromMs(meetAtMs) || nowMs > canSayUntilMs(meetAtMs)) return refuse('OUTCOME_NOT_OPEN')
  const mine = side === 'seller' ? sellerSaid : buyerSaid
  const haveBothSaid = sellerSaid !== null && buyerSaid !== null
  if (haveBothSaid && mine !== outcome) return refuse('CONFLICT')
  const said = side === 'seller' ? { sellerSaid: outcome, buyerSaid } : { sellerSaid, buyerSaid: outcome }
  const isSettled = said.sellerSaid !== null && said.buyerSaid !== null
  return ok({ ...said, state: isSettled ? 'over' : state })
}
