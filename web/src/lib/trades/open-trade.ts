import type { ListingId, TradeId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import type { Trade } from '#contracts/trades'
import { get, query } from '$lib/api/client.ts'
import { isOpenPurchase } from './escrow.ts'

const RECENT_TRADES = 50

/** My purchase or sale that has this thing now; null when there is none, or it cannot be told. */
export async function openTradeOf(
  listingId: ListingId,
  side: 'sales' | 'purchases',
): Promise<TradeId | null> {
  const reply = await get<Page<Trade>>(fetch, `/me/${side}${query({ limit: RECENT_TRADES })}`)
  if (!reply.ok) return null
  return (
    reply.value.items.find((trade) => trade.listing.id === listingId && isOpenPurchase(trade))?.id ?? null
  )
}
