import type { Campaign, CampaignPulse } from '#contracts/coupons'

const DAY_MS = 24 * 60 * 60 * 1000

type Pulse = Omit<CampaignPulse, 'id'>

/** How the day stands at a moment of the server's clock. Its opening and closing are told by time, before the next pulse says so. */
export type Phase = 'before' | 'open' | 'sold_out' | 'paused' | 'closed' | 'ended'

export function phaseOf(pulse: Pulse, nowMs: number, campaign: Pick<Campaign, 'rhythm'>): Phase {
  if (pulse.state === 'paused') return 'paused'
  if (nowMs >= Date.parse(pulse.closesAt)) return nextOpening(campaign, pulse) === null ? 'ended' : 'closed'
  if (pulse.state === 'ended') return 'ended'
  if (nowMs < Date.parse(pulse.opensAt)) return 'before'
  return pulse.state === 'sold_out' || pulse.remaining === 0 ? 'sold_out' : 'open'
}

/** When it opens after the day that is shown; null when that was the last. */
export function nextOpening(
  { rhythm }: Pick<Campaign, 'rhythm'>,
  { day, opensAt }: Pick<CampaignPulse, 'day' | 'opensAt'>,
): string | null {
  if (rhythm.kind === 'once' || day >= rhythm.until) return null
  // The town has no summer time: the same hour a day later.
  return new Date(Date.parse(opensAt) + DAY_MS).toISOString()
}

const SOON_MS = 60_000
export const PULSE_MS = 1_000
const PULSE_IDLE_MS = 10_000

/** Each second while something may happen; else seldom. Null when nothing will. */
export function pulseAfterMs(phase: Phase, untilOpenMs: number): number | null {
  if (phase === 'ended') return null
  if (phase === 'open' || (phase === 'before' && untilOpenMs < SOON_MS)) return PULSE_MS
  return PULSE_IDLE_MS
}

const STEPS = [0.75, 0.5, 0.25, 0.1, 0] as const
/** The step of what is left that was passed between two looks, to be said aloud; null when none was: not every number is read out. */
export function stepPassed(before: number, now: number, total: number): number | null {
  const passed = STEPS.filter((step) => before > total * step && now <= total * step)
  return passed.length === 0 ? null : now
}

/** The moments before an opening that are said aloud. */
const CALLS_S = [3600, 600, 300, 60, 30, 10, 5, 3, 2, 1] as const
export const isCalled = (leftMs: number): boolean => CALLS_S.some((call) => call === Math.ceil(leftMs / 1000))
