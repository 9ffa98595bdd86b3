import type { ListingId, MemberId, TradeId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import { nowMs } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { cardOfRow, type ListingRow } from './card.rules.ts'
import { isListed, reopened, saleBy } from './deal.rules.ts'
import type { ListingsEnv } from './env.ts'
import type { Written } from './listing.service.ts'
import { noteTrade, readListing } from './listing.store.ts'
import { changeListing } from './listing-change.service.ts'

export type DealRequest = { id: ListingId; sellerId: MemberId; tradeId: TradeId }

/** Marks a thing sold by this trade. Of two trades at once one sells it; repeating it answers the same. */
export async function markSold(
  env: ListingsEnv,
  { id, sellerId, tradeId }: DealRequest,
  requestId: string,
): Promise<Written<ListingCard>> {
  const by = { actorId: sellerId, requestId }
  const sold = await changeListing(env, by, id, async (row) => {
    if (row.sellerId !== sellerId) return refuse('NOT_FOUND')
    const sale = saleBy(row, tradeId)
    if (!sale.ok) return sale
    if (sale.value === 'sell')
      return ok({
        row: moved(row, { status: 'sold', soldByTrade: tradeId }),
        statements: [],
        changed: ['status'],
      })
    if (sale.value === 'note') await noteTrade(env.DB, id, tradeId).run()
    return ok({ row, statements: [], changed: [] })
  })
  if (!sold.ok) return sold
  // Nothing was written when the seller had sold it by hand: then the note says whose it is, ours or a faster trade's.
  const row = sold.value.events.length > 0 ? sold.value.value : await readListing(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  return row.soldByTrade === tradeId
    ? ok({ value: cardOfRow(row), events: sold.value.events })
    : refuse('LISTING_SOLD')
}

/** Puts what this trade sold on sale again. What went elsewhere meanwhile, or is gone, stays as it is. */
export async function reopen(
  env: ListingsEnv,
  { id, sellerId, tradeId }: DealRequest,
  requestId: string,
): Promise<Written<null>> {
  const by = { actorId: sellerId, requestId }
  const opened = await changeListing(env, by, id, (row) => {
    const next = row.sellerId === sellerId ? reopened(row, tradeId) : null
    return ok(
      next === null
        ? { row, statements: [], changed: [] }
        : { row: moved(row, next), statements: [], changed: ['status'] },
    )
  })
  if (!opened.ok) return opened.refusal.code === 'NOT_FOUND' ? ok({ value: null, events: [] }) : opened
  return ok({ value: null, events: opened.value.events })
}

/** The next version of a row, moved. */
export function moved(row: ListingRow, to: Partial<ListingRow>): ListingRow {
  const next = { ...row, ...to, version: row.version + 1, updatedAtMs: nowMs() }
  return { ...next, listed: isListed(next.status) }
}
