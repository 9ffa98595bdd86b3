import type { Claim } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { CampaignId, MemberId } from '#contracts/ids'
import type { IssuedLink } from '#do/coupon-counter/counter.api'
import { toIso } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { planOf, windowAt } from './campaign.rules.ts'
import { countEarlier } from './campaign.store.ts'
import { counterOf } from './counters.ts'
import type { CouponsEnv } from './env.ts'
import { type KnownCampaign, knownCampaign } from './known-campaigns.ts'
import { receiptOf } from './receipt.service.ts'
import { isTooLate, learnWinners } from './sold-out.ts'

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
  { campaignId, memberId, key, atMs, afterwards }: Claiming,
): Promise<Result<{ claim: Claim; replayed: boolean }>> {
  const campaign = await knownCampaign(env, campaignId)
  if (campaign === null) return refuse('NOT_FOUND')
  const { row } = campaign
  const window = windowAt(campaign.rhythm, atMs)
  const isOpen = row.state === 'running' && atMs >= window.opensAtMs && atMs < window.closesAtMs
  if (isOpen && isTooLate(campaignId, window.day, memberId)) return refuse('COUPON_SOLD_OUT')
  const earlier =
    row.perMemberInAll === null ? 0 : await countEarlier(env.DB, memberId, campaignId, window.day)
  const plan = planOf(row, window)
  const answer = await counterOf(env, campaignId, window.day).claim({ plan, memberId, key, earlier })
  if (!answer.ok) {
    const { code } = answer.refusal
    if (code === 'COUPON_SOLD_OUT') afterwards(learnWinners(env, campaignId, window.day))
    return refuse(code)
  }
  const { link, replayed } = answer.value
  return ok({ claim: await claimOf(env, campaign, link), replayed })
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
