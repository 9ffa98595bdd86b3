import type { Discount, Rhythm } from '#contracts/coupons'
import type { CampaignId } from '#contracts/ids'
import type { Category } from '#contracts/listings'
import { type CampaignRow, categoriesOf, discountOfRow, rhythmOf } from './campaign.rules.ts'
import { readCampaign } from './campaign.store.ts'
import type { CouponsEnv } from './env.ts'
import { Remembered } from './remembered.ts'

/** A campaign with what would otherwise be parsed for every claim. */
export type KnownCampaign = { row: CampaignRow; rhythm: Rhythm; discount: Discount; categories: Category[] }

const known = new Remembered<KnownCampaign | null>()

/** The campaign as it was at most a second ago. A pause reaches the day's object at once, and every isolate within that second. */
export const knownCampaign = (env: CouponsEnv, id: CampaignId): Promise<KnownCampaign | null> =>
  known.get(id, async () => {
    const row = await readCampaign(env.DB, id)
    return row && parsed(row)
  })

/** After a change made here. */
export const forgetCampaign = (id: CampaignId): void => known.forget(id)

const parsed = (row: CampaignRow): KnownCampaign => ({
  row,
  rhythm: rhythmOf(row),
  discount: discountOfRow(row),
  categories: categoriesOf(row.categories),
})
