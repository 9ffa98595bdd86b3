import type { CampaignId } from '#contracts/ids'
import type { DayLook } from '#do/coupon-counter/counter.api'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { rhythmOf, windowAt } from './campaign.rules.ts'
import { readLiveCampaigns } from './campaign.store.ts'
import type { CouponsEnv } from './env.ts'
import { Remembered } from './remembered.ts'

/** Days that closed so recently may still be on their way to the database. */
const SETTLES_WITHIN_MS = MINUTE_MS
const LIVE_CAMPAIGNS_MAX = 20
const SETTLE_DEADLINE_MS = 3 * SECOND_MS

/** The object of a campaign day. */
export const counterOf = (env: CouponsEnv, campaignId: CampaignId, day: string) =>
  env.COUPON_COUNTER.getByName(`${campaignId}:${day}`)

const looks = new Remembered<DayLook>()

/** How many a day has given out, at most a second ago. */
export const lookAt = (env: CouponsEnv, campaignId: CampaignId, day: string): Promise<DayLook> =>
  looks.get(`${campaignId}:${day}`, async () => await counterOf(env, campaignId, day).look())

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
