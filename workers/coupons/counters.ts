import type { CampaignId } from '#contracts/ids'
import type { DayLook } from '#do/coupon-counter/counter.api'
import { MINUTE_MS, nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { rhythmOf, windowAt } from './campaign.rules.ts'
import { readLiveCampaigns } from './campaign.store.ts'
import type { CouponsEnv } from './env.ts'

/** Who watches sees a count that is at most so old (and a second more from the edge's cache). */
const LOOK_FRESH_MS = SECOND_MS / 2
const LOOKS_MAX = 500
/** Days that closed so recently may still be on their way to the database. */
const SETTLES_WITHIN_MS = MINUTE_MS
const LIVE_CAMPAIGNS_MAX = 20
const SETTLE_DEADLINE_MS = 3 * SECOND_MS

/** The object of a campaign day. */
export const counterOf = (env: CouponsEnv, campaignId: CampaignId, day: string) =>
  env.COUPON_COUNTER.getByName(`${campaignId}:${day}`)

const looks = new Map<string, { look: Promise<DayLook>; askedAtMs: number }>()

/** How many a day has given out, asked once for all who want to know it at the same time. */
export function lookAt(env: CouponsEnv, campaignId: CampaignId, day: string): Promise<DayLook> {
  const name = `${campaignId}:${day}`
  const known = looks.get(name)
  if (known && nowMs() - known.askedAtMs < LOOK_FRESH_MS) return known.look
  if (looks.size >= LOOKS_MAX) looks.clear()
  const look = Promise.resolve(counterOf(env, campaignId, day).look())
  looks.set(name, { look, askedAtMs: nowMs() })
  look.catch(() => looks.delete(name))
  return look
}

/**
 * Has the counters of the days that are open bring what they gave out to the database, and waits for it: who claimed a moment ago
 * then finds the coupon, whichever isolate gave it. A counter that cannot is left to its alarm; the reader sees what there is.
 */
export async function settleOpenDays(env: CouponsEnv, atMs: number): Promise<void> {
  const campaigns = await readLiveCampaigns(env.DB, atMs - SETTLES_WITHIN_MS, LIVE_CAMPAIGNS_MAX)
  const open = campaigns
    .map((row) => ({ id: row.id, ...windowAt(rhythmOf(row), atMs) }))
    .filter(({ opensAtMs, closesAtMs }) => opensAtMs <= atMs && atMs < closesAtMs + SETTLES_WITHIN_MS)
  const settled = Promise.all(open.map(({ id, day }) => counterOf(env, id, day).flushed()))
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, SETTLE_DEADLINE_MS)
  })
  try {
    await Promise.race([settled, deadline])
  } catch (error) {
    log('warn', 'a counter could not bring its coupons', describeError(error))
  } finally {
    clearTimeout(timer)
  }
}
