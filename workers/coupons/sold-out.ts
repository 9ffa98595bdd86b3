import type { CampaignId, MemberId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { counterOf } from './counters.ts'
import type { CouponsEnv } from './env.ts'

/** A day that is sold out stays so; the bound is on what an isolate keeps in mind. */
const KEPT_MS = 5 * SECOND_MS
const KEPT_MAX = 50

const soldOut = new Map<string, { winners: ReadonlySet<MemberId>; untilMs: number }>()
const asked = new Map<string, number>()
/** One who was cut off while asking keeps the others from asking no longer than this. */
const ASKS_AGAIN_MS = SECOND_MS

/**
 * Whether it is known here that the day is sold out and this member is not among its winners: then the answer needs no object. A
 * winner's retry still goes there, for the first answer.
 */
export function isTooLate(campaignId: CampaignId, day: string, memberId: MemberId): boolean {
  const kept = soldOut.get(`${campaignId}:${day}`)
  return kept !== undefined && kept.untilMs > nowMs() && !kept.winners.has(memberId)
}

/** After the first refusal for this: learns who won, once. When it fails the next refusal asks again. */
export async function learnWinners(env: CouponsEnv, campaignId: CampaignId, day: string): Promise<void> {
  const name = `${campaignId}:${day}`
  if (nowMs() - (asked.get(name) ?? 0) < ASKS_AGAIN_MS) return
  if (asked.size >= KEPT_MAX) asked.clear()
  asked.set(name, nowMs())
  try {
    const winners = await counterOf(env, campaignId, day).winnersIfSoldOut()
    if (winners === null) return
    if (soldOut.size >= KEPT_MAX) soldOut.clear()
    soldOut.set(name, { winners: new Set(winners), untilMs: nowMs() + KEPT_MS })
  } catch (error) {
    log('warn', 'winners not learned', describeError(error))
  }
}
