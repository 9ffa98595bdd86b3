import type { ListingId, MemberId, TradeId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import { nowMs } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import { cardOfRow, type ListingRow } from './card.rules.ts'
import {
  isListed,
  lapsed,
  type Reservation,
  reopened,
  reservedFor,
  saleBy,
  unreserved,
} from './deal.rules.ts'
import type { ListingsEnv } from './env.ts'
import type { Written } from './listing.service.ts'
import { noteTrade, readListing, readOverdue } from './listing.store.ts'
import { changeListing, type Step } from './listing-change.service.ts'

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
    if (sale.value === 'note') await noteTrade(env.DB, id, tradeId).run()
    return ok(stepTo(row, sale.value === 'note' ? null : sale.value))
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
    return ok(stepTo(row, row.sellerId === sellerId ? reopened(row, tradeId) : null))
  })
  if (!opened.ok) return opened.refusal.code === 'NOT_FOUND' ? ok({ value: null, events: [] }) : opened
  return ok({ value: null, events: opened.value.events })
}

export type ReserveRequest = Reservation & { id: ListingId }

/** Sets a thing aside for a purchase. Of two at once one gets it; repeating it answers the same. */
export async function reserve(
  env: ListingsEnv,
  { id, ...reservation }: ReserveRequest,
  requestId: string,
): Promise<Written<ListingCard>> {
  const by = { actorId: reservation.buyerId, requestId }
  const reserved = await changeListing(env, by, id, (row) => {
    const next = reservedFor(row, reservation)
    return next.ok ? ok(stepTo(row, next.value)) : next
  })
  return reserved.ok ? ok({ ...reserved.value, value: cardOfRow(reserved.value.value) }) : reserved
}

/** Ends a trade's reservation. What it does not have, or is gone, stays as it is. */
export async function unreserve(
  env: ListingsEnv,
  { id, tradeId }: { id: ListingId; tradeId: TradeId },
  requestId: string,
): Promise<Written<null>> {
  const by = { actorId: null, requestId }
  const freed = await changeListing(env, by, id, (row) => ok(stepTo(row, unreserved(row, tradeId))))
  if (!freed.ok) return freed.refusal.code === 'NOT_FOUND' ? ok({ value: null, events: [] }) : freed
  return ok({ value: null, events: freed.value.events })
}

const LIFTED_A_TICK = 100

/** The tick's share: reservations nobody ended in time. What is freed or prolonged at the same moment is left as it then stands. */
export async function liftOverdue(env: ListingsEnv, atMs: number): Promise<number> {
  let lifted = 0
  for (const id of await readOverdue(env.DB, atMs, LIFTED_A_TICK)) {
    const by = { actorId: null, requestId: `overdue:${id}` }
    const freed = await changeListing(env, by, id, (row) => ok(stepTo(row, lapsed(row, atMs))))
    if (freed.ok && freed.value.events.length > 0) lifted += 1
  }
  return lifted
}

/** A change to where a row is to stand; null changes nothing. */
const stepTo = (row: ListingRow, to: Partial<ListingRow> | null): Step =>
  to === null
    ? { row, statements: [], changed: [] }
    : { row: moved(row, to), statements: [], changed: [to.status === row.status ? 'reservation' : 'status'] }

/** The next version of a row, moved. */
export function moved(row: ListingRow, to: Partial<ListingRow>): ListingRow {
  const next = { ...row, ...to, version: row.version + 1, updatedAtMs: nowMs() }
  return { ...next, listed: isListed(next.status) }
}
