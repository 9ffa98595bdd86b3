import type { Claim } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { CampaignId, MemberId } from '#contracts/ids'
import type { IssuedLink } from '#do/coupon-counter/counter.api'
import { HOUR_MS, toIso, townDay } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { planOf, windowAt, windowOfDay } from './campaign.rules.ts'
import { countEarlier } from './campaign.store.ts'
import { counterOf } from './counters.ts'
import type { CouponsEnv } from './env.ts'
import { type KnownCampaign, knownCampaign } from './known-campaigns.ts'
import { receiptOf } from './receipt.service.ts'
import { isTooLate, learnWinners } from './sold-out.ts'

const RETRIED_PAST_MIDNIGHT_MS = HOUR_MS

export type Claiming = {
  campaignId: CampaignId
  memberId: MemberId
  /** The client's Idempotency-Key; the day's object keeps the answer under it. */
  key: string | null
  atMs: number
  /** For what may happen behind the answer. */
  afterwards: (work: Promise<void>) => void
}

/**
 * Asks for the next coupon of the day. Everything that decides is in the day's object; nothing of the database is asked or written,
 * but for a campaign that limits what a member gets in all.
 */
export async function claim(
  env: CouponsEnv,
  request: Claiming,
): Promise<Result<{ claim: Claim; replayed: boolean }>> {
  const { campaignId, memberId, key, atMs, afterwards } = request
  const campaign = await knownCampaign(env, campaignId)
  if (campaign === null) return refuse('NOT_FOUND')
  const { row } = campaign
  const window = windowAt(campaign.rhythm, atMs)
  const isOpen = row.state === 'running' && atMs >= window.opensAtMs && atMs < window.closesAtMs
  if (isOpen && isTooLate(campaignId, window.day, memberId)) return refuse('COUPON_SOLD_OUT')
  const earlier = await earlierOf(env, campaign, memberId, window.day)
  const plan = planOf(row, window)
  const answer = await counterOf(env, campaignId, window.day).claim({ plan, memberId, key, earlier })
  if (!answer.ok) {
    const { code } = answer.refusal
    if (code === 'COUPON_SOLD_OUT') afterwards(learnWinners(env, campaignId, window.day))
    const earlierLink = code === 'COUPON_NOT_OPEN' ? await wonBeforeMidnight(env, campaign, request) : null
    if (earlierLink === null) return refuse(code)
    return ok({ claim: await claimOf(env, campaign, earlierLink), replayed: true })
  }
  const { link, replayed } = answer.value
  return ok({ claim: await claimOf(env, campaign, link), replayed })
}

/** A winner of the last second whose answer was lost asks again on the next day: the day before still has it. */
async function wonBeforeMidnight(
  env: CouponsEnv,
  { rhythm }: KnownCampaign,
  { campaignId, memberId, key, atMs }: Claiming,
): Promise<IssuedLink | null> {
  const before = townDay(atMs - RETRIED_PAST_MIDNIGHT_MS)
  if (key === null || before === townDay(atMs) || windowOfDay(rhythm, before) === null) return null
  return await counterOf(env, campaignId, before).answered(memberId, key)
}

/** Only a campaign of many days that limits what a member gets in all has to ask the database, which has every earlier day. */
async function earlierOf(
  env: CouponsEnv,
  { row, rhythm }: KnownCampaign,
  memberId: MemberId,
  day: string,
): Promise<number> {
  if (row.perMemberInAll === null || rhythm.kind === 'once') return 0
  return await countEarlier(env.DB, memberId, row.id, day)
}

/** Made of nothing that changes, so that a repeated answer has the same bytes. */
async function claimOf(env: CouponsEnv, campaign: KnownCampaign, link: IssuedLink): Promise<Claim> {
  return {
    couponId: link.couponId,
    sequence: link.sequence,
    receipt: await receiptOf(env, link),
    coupon: {
      id: link.couponId,
      campaignId: link.campaignId,
      title: link.title,
      discount: campaign.discount,
      minSpend: campaign.row.minSpend,
      categories: campaign.categories,
      state: 'usable',
      day: link.day,
      sequence: link.sequence,
      issuedAt: toIso(link.atMs),
      expiresAt: toIso(link.expiresAtMs),
      tradeId: null,
    },
  }
}
