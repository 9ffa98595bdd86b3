import type { Result } from '#contracts/errors'
import type { MemberId, TradeId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import { ok, refuse } from '#kit/result'
import type { ListingRow } from './card.rules.ts'

type Standing = Pick<
  ListingRow,
  'status' | 'hiddenByOperator' | 'soldByTrade' | 'reservedByTrade' | 'reservedUntilMs'
>

const UNRESERVED = { reservedByTrade: null, reservedUntilMs: null }

/**
 * What selling by a trade does: where the thing stands then (null: where it stands), or `note` the trade on what its seller had
 * marked as sold by hand. What a purchase has set aside is sold by that purchase alone, also under an operator's hiding: it was paid
 * for before, and stays out of sight.
 */
export function saleBy(row: Standing, tradeId: TradeId): Result<Standing | 'note' | null> {
  if (row.soldByTrade === tradeId) return ok(null)
  if (row.soldByTrade !== null) return refuse('LISTING_SOLD')
  if (row.reservedByTrade === tradeId) return ok({ ...standingAs(row, 'sold'), soldByTrade: tradeId })
  if (row.reservedByTrade !== null) return refuse('LISTING_IN_TRADE')
  if (row.hiddenByOperator !== null) return refuse('HIDDEN_BY_OPERATOR')
  return ok(row.status === 'sold' ? 'note' : { ...row, status: 'sold', soldByTrade: tradeId })
}

/** A row that no purchase has any more, moved on; beneath an operator's hiding it moves as well and stays hidden. */
const standingAs = (row: Standing, status: ListingStatus): Standing =>
  row.hiddenByOperator === null
    ? { ...row, ...UNRESERVED, status }
    : { ...row, ...UNRESERVED, hiddenByOperator: status }

export type Reservation = { buyerId: MemberId; tradeId: TradeId; expectedPrice: number; untilMs: number }

/**
 * Sets a thing aside for a purchase; null when it is so already, a later time prolongs. A seller's own "reserved" is for a meeting
 * they promised, and holds against every buyer.
 */
export function reservedFor(
  row: Standing & Pick<ListingRow, 'sellerId' | 'price'>,
  { buyerId, tradeId, expectedPrice, untilMs }: Reservation,
): Result<Standing | null> {
  if (row.sellerId === buyerId) return refuse('OWN_LISTING')
  if (row.status === 'hidden') return refuse('LISTING_HIDDEN')
  if (row.reservedByTrade === tradeId)
    return ok(untilMs > (row.reservedUntilMs ?? 0) ? { ...row, reservedUntilMs: untilMs } : null)
  if (row.status === 'sold') return refuse('LISTING_SOLD')
  if (row.status === 'reserved') return refuse('LISTING_RESERVED')
  if (row.price !== expectedPrice) return refuse('PRICE_CHANGED')
  return ok({ ...row, status: 'reserved', reservedByTrade: tradeId, reservedUntilMs: untilMs })
}

/** Where the end of a trade's reservation puts a thing; null when that trade has none. */
export const unreserved = (row: Standing, tradeId: TradeId): Standing | null =>
  row.reservedByTrade === tradeId ? standingAs(row, 'on_sale') : null

/** As `unreserved`, for a reservation whose time is over. */
export const lapsed = (row: Standing, nowMs: number): Standing | null =>
  row.reservedUntilMs !== null && row.reservedUntilMs <= nowMs ? standingAs(row, 'on_sale') : null

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
