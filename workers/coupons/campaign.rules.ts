import { type Campaign, type Discount, type OpenCampaign, Rhythm } from '#contracts/coupons'
import type { FieldError } from '#contracts/errors'
import type { CampaignId } from '#contracts/ids'
import { Category } from '#contracts/listings'
import type { DayPlan } from '#do/coupon-counter/counter.api'
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso, townDay } from '#kit/clock'

export type CampaignRow = {
  id: CampaignId
  title: string
  description: string | null
  discountKind: 'amount' | 'percent'
  discountAmount: number
  discountPercent: number | null
  minSpend: number
  categories: string
  total: number
  perMemberADay: number
  perMemberInAll: number | null
  rhythm: string
  validForDays: number
  state: 'running' | 'paused' | 'ended'
  version: number
}

export type Window = { day: string; opensAtMs: number; closesAtMs: number }

const DAYS_OF_A_CAMPAIGN_MAX = 366
const TOWN_OFFSET_MS = 9 * HOUR_MS

/** Midnight with which a day of the town begins; null when there is no such day in the calendar. */
function startOfDay(day: string): number | null {
  const atMs = Date.parse(`${day}T00:00:00.000Z`)
  return Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== day
    ? null
    : atMs - TOWN_OFFSET_MS
}

function windowOn(day: string, opensAtTime: string): Window {
  const startMs = startOfDay(day)
  if (startMs === null) throw new Error(`no such day: ${day}`)
  const [hours = 0, minutes = 0] = opensAtTime.split(':').map(Number)
  return { day, opensAtMs: startMs + hours * HOUR_MS + minutes * MINUTE_MS, closesAtMs: startMs + DAY_MS }
}

/** The window that is open, or the next one, or the last there was. Days are the town's: at its midnight the next one counts. */
export function windowAt(rhythm: Rhythm, nowMs: number): Window {
  if (rhythm.kind === 'once') return windowOfOnce(rhythm)
  const today = townDay(nowMs)
  if (today < rhythm.from) return windowOn(rhythm.from, rhythm.opensAtTime)
  const isOver = today > rhythm.until
  return windowOn(isOver ? rhythm.until : today, rhythm.opensAtTime)
}

function windowOfOnce({ opensAt, closesAt }: Extract<Rhythm, { kind: 'once' }>): Window {
  const opensAtMs = Date.parse(opensAt)
  return { day: townDay(opensAtMs), opensAtMs, closesAtMs: Date.parse(closesAt) }
}

/** The window of a named day, or null when the campaign has no such day. */
export function windowOfDay(rhythm: Rhythm, day: string): Window | null {
  if (rhythm.kind === 'once') return windowOfOnce(rhythm).day === day ? windowOfOnce(rhythm) : null
  const isOurs = startOfDay(day) !== null && day >= rhythm.from && day <= rhythm.until
  return isOurs ? windowOn(day, rhythm.opensAtTime) : null
}

/** When the last window closes. */
export const endOf = (rhythm: Rhythm): number =>
  rhythm.kind === 'once' ? Date.parse(rhythm.closesAt) : windowOn(rhythm.until, rhythm.opensAtTime).closesAtMs

/** What is wrong with the times of a campaign to be opened; empty when nothing is. */
export function faultsOfRhythm({ rhythm }: OpenCampaign, nowMs: number): FieldError[] {
  if (rhythm.kind === 'once') {
    const closesAtMs = Date.parse(rhythm.closesAt)
    const isInOrder = closesAtMs > Date.parse(rhythm.opensAt) && closesAtMs > nowMs
    return isInOrder ? [] : [{ path: 'rhythm.closesAt', message: 'after the opening, and not past' }]
  }
  const from = startOfDay(rhythm.from)
  const until = startOfDay(rhythm.until)
  if (from === null) return [{ path: 'rhythm.from', message: 'a day of the calendar' }]
  if (until === null) return [{ path: 'rhythm.until', message: 'a day of the calendar' }]
  const isInOrder = until >= from && until + DAY_MS > nowMs && until - from < DAYS_OF_A_CAMPAIGN_MAX * DAY_MS
  const message = `not before the first day, not past, at most ${DAYS_OF_A_CAMPAIGN_MAX} days`
  return isInOrder ? [] : [{ path: 'rhythm.until', message }]
}

export const rhythmOf = (row: CampaignRow): Rhythm => Rhythm.parse(JSON.parse(row.rhythm))

export const discountOfRow = (row: {
  discountKind: 'amount' | 'percent'
  discountAmount: number
  discountPercent: number | null
}): Discount =>
  row.discountKind === 'amount'
    ? { kind: 'amount', amount: row.discountAmount }
    : { kind: 'percent', percent: row.discountPercent ?? 1, cap: row.discountAmount }

export const categoriesOf = (json: string) => Category.array().parse(JSON.parse(json))

/** What the object of a day has to know. */
export const planOf = (row: CampaignRow, window: Window): DayPlan => ({
  campaignId: row.id,
  title: row.title,
  version: row.version,
  state: row.state,
  ...window,
  total: row.total,
  perMemberADay: row.perMemberADay,
  perMemberInAll: row.perMemberInAll,
  validForMs: row.validForDays * DAY_MS,
})

/** How a campaign stands to whoever looks at it. */
export function stateOf(
  row: CampaignRow,
  window: Window,
  remaining: number,
  nowMs: number,
): Campaign['state'] {
  if (row.state === 'ended' || nowMs >= window.closesAtMs) return 'ended'
  if (row.state === 'paused') return 'paused'
  if (nowMs < window.opensAtMs) return 'scheduled'
  return remaining === 0 ? 'sold_out' : 'open'
}

/** The campaign as everybody sees it. */
export function campaignOf(row: CampaignRow, window: Window, remaining: number, nowMs: number): Campaign {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    discount: discountOfRow(row),
    minSpend: row.minSpend,
    categories: categoriesOf(row.categories),
    total: row.total,
    perMemberADay: row.perMemberADay,
    perMemberInAll: row.perMemberInAll,
    rhythm: rhythmOf(row),
    validForDays: row.validForDays,
    state: stateOf(row, window, remaining, nowMs),
    day: window.day,
    opensAt: toIso(window.opensAtMs),
    closesAt: toIso(window.closesAtMs),
    remaining,
    now: toIso(nowMs),
  }
}

const STATE_RANKS: readonly Campaign['state'][] = ['open', 'sold_out', 'scheduled', 'paused', 'ended']
/** What can be had first, then what comes next, then what is over, the latest first. */
export function byNearness(a: Campaign, b: Campaign): number {
  const rank = STATE_RANKS.indexOf(a.state) - STATE_RANKS.indexOf(b.state)
  if (rank !== 0) return rank
  const order = a.opensAt < b.opensAt ? -1 : a.opensAt > b.opensAt ? 1 : 0
  return a.state === 'ended' ? -order : order
}
