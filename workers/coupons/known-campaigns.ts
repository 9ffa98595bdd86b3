import type { Discount, Rhythm } from '#contracts/coupons'
import type { CampaignId } from '#contracts/ids'
import type { Category } from '#contracts/listings'
import { nowMs, SECOND_MS } from '#kit/clock'
import { type CampaignRow, categoriesOf, discountOfRow, rhythmOf } from './campaign.rules.ts'
import { readCampaign } from './campaign.store.ts'
import type { CouponsEnv } from './env.ts'

/** A pause reaches the day's object at once and every isolate within this. */
const FRESH_MS = SECOND_MS / 2
const KNOWN_MAX = 500

/** A campaign with what would otherwise be parsed for every claim. */
export type KnownCampaign = { row: CampaignRow; rhythm: Rhythm; discount: Discount; categories: Category[] }

const known = new Map<CampaignId, { campaign: Promise<KnownCampaign | null>; readAtMs: number }>()

/** The campaign as it was at most half a second ago, read once for all who claim at the same time. */
export function knownCampaign(env: CouponsEnv, id: CampaignId): Promise<KnownCampaign | null> {
  const kept = known.get(id)
  if (kept && nowMs() - kept.readAtMs < FRESH_MS) return kept.campaign
  if (known.size >= KNOWN_MAX) known.clear()
  const campaign = readCampaign(env.DB, id).then((row) => row && parsed(row))
  known.set(id, { campaign, readAtMs: nowMs() })
  campaign.catch(() => known.delete(id))
  return campaign
}

/** After a change made here. */
export const forgetCampaign = (id: CampaignId): void => {
  known.delete(id)
}

const parsed = (row: CampaignRow): KnownCampaign => ({
  row,
  rhythm: rhythmOf(row),
  discount: discountOfRow(row),
  categories: categoriesOf(row.categories),
})
