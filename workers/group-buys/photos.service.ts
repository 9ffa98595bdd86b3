import type { Result } from '#contracts/errors'
import type { GroupBuyId } from '#contracts/ids'
import * as hung from '#kit/hung-photos'
import { ok } from '#kit/result'
import { imagesJson, imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { readGroupBuy } from './group-buy.store.ts'

const groupBuysOf = (env: GroupBuysEnv): hung.Photographed<GroupBuyId> => ({
  ...{ db: env.DB, media: env.MEDIA, kind: 'group_buy', column: 'group_buy_id' },
  shown: async (id) => {
    const row = await readGroupBuy(env.DB, id)
    return row && { imageIds: imagesOf(row.images).map((image) => image.id), version: row.version }
  },
})

type Intent = Omit<hung.Intent<GroupBuyId>, 'id'> & { groupBuyId: GroupBuyId }

/** The photos of a change, hung, and the statements its batch needs. Left half way, the tick sets it right. */
export async function hangPhotos(
  env: GroupBuysEnv,
  { groupBuyId, ...intent }: Intent,
  want: hung.Wanted,
): Promise<Result<{ groupBuyId: GroupBuyId; images: string; statements: D1PreparedStatement[] }>> {
  const done = await hung.hangPhotos(groupBuysOf(env), { ...intent, id: groupBuyId }, want)
  if (!done.ok) return done
  const { id, images, statements } = done.value
  return ok({ groupBuyId: id, images: imagesJson(images), statements })
}

/** The tick's repair of changes that died half way. */
export const settleDeadIntents = (env: GroupBuysEnv, atMs: number): Promise<number> =>
  hung.settleDeadIntents(groupBuysOf(env), atMs)
