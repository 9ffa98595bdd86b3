import type { Result } from '#contracts/errors'
import type { ListingId } from '#contracts/ids'
import * as hung from '#kit/hung-photos'
import { ok } from '#kit/result'
import { imagesJson, imagesOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import { readListing } from './listing.store.ts'

const listingsOf = (env: ListingsEnv): hung.Photographed<ListingId> => ({
  ...{ db: env.DB, media: env.MEDIA, kind: 'listing', column: 'listing_id' },
  shown: async (id) => {
    const row = await readListing(env.DB, id)
    return row && { imageIds: imagesOf(row.images).map((image) => image.id), version: row.version }
  },
})

type Intent = Omit<hung.Intent<ListingId>, 'id'> & { listingId: ListingId }

/** The photos of a change, hung, and the statements its batch needs. Left half way, the tick sets it right. */
export async function hangPhotos(
  env: ListingsEnv,
  { listingId, ...intent }: Intent,
  want: hung.Wanted,
): Promise<Result<{ listingId: ListingId; images: string; statements: D1PreparedStatement[] }>> {
  const done = await hung.hangPhotos(listingsOf(env), { ...intent, id: listingId }, want)
  if (!done.ok) return done
  const { id, images, statements } = done.value
  return ok({ listingId: id, images: imagesJson(images), statements })
}

/** The tick's repair of changes that died half way. */
export const settleDeadIntents = (env: ListingsEnv, atMs: number): Promise<number> =>
  hung.settleDeadIntents(listingsOf(env), atMs)
