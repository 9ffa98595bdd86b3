import type { ListingId, MemberId, TradeId } from '#contracts/ids'
import type { Hold } from '#contracts/payments'
import { newId } from '#kit/id'
import { dispute, endPurchase } from '../../workers/trades/act.service.ts'
import { type EscrowTrade, readEscrow } from '../../workers/trades/escrow.store.ts'
import { linesOf } from '../../workers/trades/neighbour.service.ts'
import { buy } from '../../workers/trades/purchase.service.ts'
import { refund } from '../../workers/trades/refund.service.ts'
import { OFF, PRICE } from './p6-stories.ts'
import { asks, type SagaTown } from './p6-town.ts'

/** What can become of a purchase. */
export const FATES = [
  'paid',
  'disputed',
  'completed',
  'completed, part back before',
  'completed, part back after',
  'cancelled',
  'failed',
  'costs nothing',
] as const
export type Fate = (typeof FATES)[number]
export type Bought = { id: TradeId; listingId: ListingId; seller: MemberId; buyer: MemberId }

/** A purchase that this has become of. */
export async function bought(town: SagaTown, fate: Fate): Promise<Bought> {
  const [seller, buyer] = [newId('mem', 1), newId('mem', 2)]
  const [listingId, couponId] = [newId('lst', 3), newId('cpn', 4)]
  const price = fate === 'costs nothing' ? OFF : PRICE
  town.shelves.putUp({ id: listingId, sellerId: seller, price })
  town.coupons.give(couponId, buyer, OFF)
  town.books.give(buyer, fate === 'failed' ? 10 : PRICE)
  await buy(town.env, asks(buyer), { listingId, expectedPrice: price, couponId }, undefined)
  const row = await town.db
    .prepare('SELECT id FROM trades WHERE listing_id = ?')
    .bind(listingId)
    .first<{ id: TradeId }>()
  if (!row) throw new Error('nothing was bought')
  const end = (what: 'confirmed' | 'cancelled') => endPurchase(town.env, asks(buyer), row.id, what)
  const partBack = () => refund(town.env, asks(seller), row.id, { amount: 1_000 }, 'a key')
  if (fate === 'disputed')
    await dispute(town.env, asks(buyer), row.id, { reason: 'broken', text: '깨졌어요' })
  if (fate === 'completed, part back before') await partBack()
  if (fate.startsWith('completed') || fate === 'costs nothing') await end('confirmed')
  if (fate === 'completed, part back after') await partBack()
  if (fate === 'cancelled') await end('cancelled')
  return { id: row.id, listingId, seller, buyer }
}

/** One purchase of every fate. */
export async function allFates(town: SagaTown): Promise<(fate: Fate) => Bought> {
  const made = new Map<Fate, Bought>()
  for (const fate of FATES) made.set(fate, await bought(town, fate))
  return (fate) => {
    const of = made.get(fate)
    if (!of) throw new Error(`nothing ${fate}`)
    return of
  }
}

export async function rowOf(town: SagaTown, { id }: Bought): Promise<EscrowTrade> {
  const trade = await readEscrow(town.db, id)
  if (!trade) throw new Error('the purchase is gone')
  return trade
}

/** The hold of one side's part of a purchase. */
export async function holdOf(town: SagaTown, of: Bought, side: 'buyer' | 'promotion'): Promise<Hold> {
  const lines = linesOf(await rowOf(town, of))
  const line = lines.find(({ payer }) => (payer === 'promotion') === (side === 'promotion'))
  const hold = line && town.books.holds.get(line.holdId)
  if (!hold) throw new Error(`nothing was held of the ${side}`)
  return hold
}
