import type { Result } from '#contracts/errors'
import {
  DEADLINE_AHEAD_MAX_MS,
  DEADLINE_AHEAD_MIN_MS,
  type EditGroupBuy,
  type GroupBuyState,
  HOST_REMINDED_BEFORE_MS,
  PURCHASE_WITHIN_MS,
  REMINDERS_BEFORE_HOURS,
} from '#contracts/group-buys'
import type { ClaimsPlan } from '#do/slot-claims/claims.api'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { GroupBuyRow } from './row.ts'

/** States from which a host may still call it off. */
const OPEN_STATES: ReadonlySet<GroupBuyState> = new Set([
  'recruiting',
  'filled',
  'purchasing',
  'arrived',
  'handing_over',
])
export const isOpen = ({ state, settlingAtMs }: Pick<GroupBuyRow, 'state' | 'settlingAtMs'>): boolean =>
  OPEN_STATES.has(state) && settlingAtMs === null

/** When the deadline may be, seen from `atMs`. */
export function deadlineWithin(deadlineMs: number, atMs: number): Result<number> {
  const ahead = deadlineMs - atMs
  return ahead >= DEADLINE_AHEAD_MIN_MS && ahead <= DEADLINE_AHEAD_MAX_MS
    ? ok(deadlineMs)
    : refuse('DEADLINE_INVALID')
}

/** The terms members join on, as an edit would leave them, and whether it touches them at all. */
export function termsAfter(row: GroupBuyRow, edit: EditGroupBuy) {
  const terms = {
    unitPrice: edit.unitPrice ?? row.unitPrice,
    totalUnits: edit.totalUnits ?? row.totalUnits,
    minUnits: edit.minUnits ?? row.minUnits,
    hostUnits: edit.hostUnits ?? row.hostUnits,
    deadlineMs: edit.deadline === undefined ? row.deadlineMs : Date.parse(edit.deadline),
  }
  const isTouched =
    terms.unitPrice !== row.unitPrice ||
    terms.totalUnits !== row.totalUnits ||
    terms.minUnits !== row.minUnits ||
    terms.hostUnits !== row.hostUnits ||
    terms.deadlineMs !== row.deadlineMs
  return { terms, isTouched }
}

/** What a request's own schema checks of a new one must hold for a changed one too. */
export function areSound({ minUnits, totalUnits, hostUnits }: ClaimsTerms): Result<null> {
  if (minUnits > totalUnits)
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'minUnits', message: 'not above totalUnits' }] })
  if (hostUnits >= totalUnits)
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'hostUnits', message: 'below totalUnits' }] })
  return ok(null)
}
type ClaimsTerms = Pick<ClaimsPlan, 'minUnits' | 'totalUnits' | 'hostUnits'>

/** The plan of a row, as its claims object is told it. */
export const planOfRow = (row: GroupBuyRow): ClaimsPlan => ({
  groupBuyId: row.id,
  hostId: row.hostId,
  title: row.title,
  totalUnits: row.totalUnits,
  minUnits: row.minUnits,
  hostUnits: row.hostUnits,
  unitPrice: row.unitPrice,
  deadlineMs: row.deadlineMs,
  version: row.planVersion,
})

/** What a host has to do next once it is filled, and by when; past it the group buy goes on without them. */
export type HostStep = { step: 'receipt' | 'arrival' | 'hand_over'; endsMs: number }
type Staged = Pick<GroupBuyRow, 'state' | 'terminalAtMs' | 'updatedAtMs' | 'stageEndsMs' | 'settlingAtMs'>

/** The step a host is at; null when none is theirs. */
export function hostStepOf(row: Staged): HostStep | null {
  const step = STEPS[row.state]
  if (step === undefined || row.settlingAtMs !== null) return null
  const endsMs =
    step === 'receipt' ? (row.terminalAtMs ?? row.updatedAtMs) + PURCHASE_WITHIN_MS : row.stageEndsMs
  return endsMs === null ? null : { step, endsMs }
}
const STEPS: Partial<Record<GroupBuyState, HostStep['step']>> = {
  filled: 'receipt',
  purchasing: 'arrival',
  arrived: 'hand_over',
  handing_over: 'hand_over',
}

/** The step to remind the host of now: a day is left of it, and it was not done yet. A tick that comes too late reminds of nothing. */
export function hostReminderDue(
  row: Staged & Pick<GroupBuyRow, 'remindedStageMs'>,
  atMs: number,
): HostStep | null {
  const step = hostStepOf(row)
  if (step === null || row.remindedStageMs === step.endsMs) return null
  const isDue = atMs >= step.endsMs - HOST_REMINDED_BEFORE_MS && atMs < step.endsMs
  return isDue ? step : null
}

/** When a step is looked at next: at its reminder, at its end, or at `otherMs` when that comes sooner. */
export const nextStepLookMs = (endsMs: number, atMs: number, otherMs = endsMs): number =>
  Math.min(...[endsMs - HOST_REMINDED_BEFORE_MS, endsMs, otherMs].filter((ms) => ms > atMs), endsMs)

/** So long after a deadline the tick asks the object, should its alarm have been lost. */
const DEADLINE_OVERDUE_MS = MINUTE_MS

type Reminded = Pick<GroupBuyRow, 'deadlineMs' | 'remindedHours'>

/** The reminder to tell now: the latest one whose time has come and that was not told; null when there is none. A late tick skips those before it. */
export function reminderDue({ deadlineMs, remindedHours }: Reminded, atMs: number): number | null {
  if (atMs >= deadlineMs) return null
  const come = REMINDERS_BEFORE_HOURS.filter((hours) => deadlineMs - hours * HOUR_MS <= atMs)
  const latest = come.at(-1)
  return latest === undefined || (remindedHours !== null && remindedHours <= latest) ? null : latest
}

/** When a recruiting group buy is looked at next: at its next reminder, or once its deadline is overdue. */
export function nextLookMs({ deadlineMs }: Reminded, atMs: number): number {
  const coming = REMINDERS_BEFORE_HOURS.map((hours) => deadlineMs - hours * HOUR_MS).filter((ms) => ms > atMs)
  return coming.length > 0
    ? Math.min(...coming)
    : Math.max(deadlineMs + DEADLINE_OVERDUE_MS, atMs + MINUTE_MS)
}

/** A reminder whose time was over when it was opened is never told. */
export const remindedFromTheStart = (deadlineMs: number, atMs: number): number | null =>
  REMINDERS_BEFORE_HOURS.filter((hours) => deadlineMs - hours * HOUR_MS <= atMs).at(-1) ?? null
