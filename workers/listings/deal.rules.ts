import type { Result } from '#contracts/errors'
import type { TradeId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import { ok, refuse } from '#kit/result'
import type { ListingRow } from './card.rules.ts'

type Standing = Pick<ListingRow, 'status' | 'hiddenByOperator' | 'soldByTrade'>

/**
 * What selling by a trade does: `sell` it, `note` the trade on what its seller had marked as sold by hand, or `nothing` when this
 * trade sold it before.
 */
export function saleBy(row: Standing, tradeId: TradeId): Result<'sell' | 'note' | 'nothing'> {
  if (row.soldByTrade === tradeId) return ok('nothing')
  if (row.soldByTrade !== null) return refuse('LISTING_SOLD')
  if (row.hiddenByOperator !== null) return refuse('HIDDEN_BY_OPERATOR')
  return ok(row.status === 'sold' ? 'note' : 'sell')
}

/** Where a trade's end puts a thing that it sold; null when the thing went elsewhere meanwhile and stays. */
export function reopened(row: Standing, tradeId: TradeId): Standing | null {
  if (row.soldByTrade !== tradeId) return null
  if (row.status === 'sold') return { ...row, status: 'on_sale', soldByTrade: null }
  return row.hiddenByOperator === 'sold' ? { ...row, hiddenByOperator: 'on_sale', soldByTrade: null } : null
}

/** An operator's hiding, and its end, which gives back the status there was; null when it stands so already. */
export function hiding(row: Standing, hidden: boolean): Standing | null {
  if (hidden === (row.hiddenByOperator !== null)) return null
  if (hidden) return { ...row, status: 'hidden', hiddenByOperator: row.status }
  return { ...row, status: row.hiddenByOperator ?? row.status, hiddenByOperator: null }
}

export const isListed = (status: ListingStatus): 0 | 1 => (status === 'hidden' ? 0 : 1)
