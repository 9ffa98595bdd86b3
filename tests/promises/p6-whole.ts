import type { TradeId } from '#contracts/ids'
import { readEscrow } from '../../workers/trades/escrow.store.ts'
import { PRICE, PURSE, type Scene, type Story } from './p6-stories.ts'

/** What is wrong with how it ended; nothing, when all agree. */
export async function faultsIn(
  { town, seller, buyer, listingId, couponId }: Scene,
  story: Story,
): Promise<string[]> {
  const { results } = await town.db.prepare('SELECT id FROM trades').all<{ id: TradeId }>()
  const trades = []
  for (const { id } of results) {
    const trade = await readEscrow(town.db, id)
    if (trade) trades.push(trade)
  }
  const done = trades.filter(({ state }) => state === 'completed')
  const [sold] = done
  const thing = town.shelves.things.get(listingId)
  const coupon = town.coupons.coupons.get(couponId)
  const refunded = sold?.escrow.refunded ?? 0
  const discount = sold?.escrow.discount ?? 0
  const wasUsed = story.coupon === 'used'
  const isCouponUsed = coupon?.state === 'used'
  const wanted = {
    open: 0,
    sold: done.length,
    thing: sold ? 'sold' : 'on_sale',
    reservedBy: null,
    soldBy: sold?.id ?? null,
    coupon: wasUsed || discount > 0 ? 'used' : 'usable',
    seller: sold ? PRICE - refunded : 0,
    buyer: (story.purse ?? PURSE) - (sold ? sold.escrow.paid - refunded : 0),
    promotion: sold ? 0 - discount : 0,
    held: 0,
    told: trades.filter(({ state }) => state === 'completed' || state === 'cancelled').length,
  }
  const told = await town.db
    .prepare("SELECT count(*) AS n FROM outbox WHERE type IN ('trade.completed', 'trade.cancelled')")
    .first<{ n: number }>()
  const is = {
    open: trades.filter(({ state }) => !['completed', 'cancelled', 'failed'].includes(state)).length,
    sold: Math.min(done.length, 1),
    thing: thing?.status,
    reservedBy: thing?.reservedBy ?? null,
    soldBy: thing?.soldBy ?? null,
    coupon: isCouponUsed ? 'used' : coupon?.state,
    seller: town.books.balanceOf(seller),
    buyer: town.books.balanceOf(buyer),
    promotion: town.books.balanceOf('promotion') + 0,
    held: town.books.heldOf(buyer) + town.books.heldOf('promotion'),
    told: told?.n,
  }
  return Object.entries(wanted).flatMap(([what, value]) => {
    const found = Object.entries(is).find(([name]) => name === what)?.[1]
    return found === value ? [] : [`${what} is ${found}, not ${value}`]
  })
}
