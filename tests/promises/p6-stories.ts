import type { Refusal } from '#contracts/errors'
import type { MemberId, TradeId } from '#contracts/ids'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { dispute, endPurchase } from '../../workers/trades/act.service.ts'
import { decideDispute } from '../../workers/trades/dispute.service.ts'
import { sweepPurchases } from '../../workers/trades/escrow-sweep.service.ts'
import { buy } from '../../workers/trades/purchase.service.ts'
import { finishRefunds, refund } from '../../workers/trades/refund.service.ts'
import { asks, type Fault, insistently, type SagaTown } from './p6-town.ts'

const TICKS = 4
/** What a thing costs, and what a coupon takes off. */
export const PRICE = 30_000
export const OFF = 3_000
/** What a buyer has, unless the story says otherwise. */
export const PURSE = 100_000

/** Asks until it is answered, or goes away at the first trouble. */
export type Client = 'insists' | 'leaves'
export type Story = {
  name: string
  purse?: number
  coupon?: 'usable' | 'used'
  /** What is done once it is bought. */
  goesOn?:
    | 'confirm'
    | 'cancel'
    | 'part back, then confirm'
    | 'dispute, part back'
    | 'dispute, all back'
    | 'part back later'
}

export const STORIES: readonly Story[] = [
  { name: 'bought with a coupon and confirmed', coupon: 'usable', goesOn: 'confirm' },
  { name: 'bought and left to silence' },
  { name: 'bought with a coupon and cancelled', coupon: 'usable', goesOn: 'cancel' },
  { name: 'refused for want of money', purse: PRICE - OFF - 1, coupon: 'usable' },
  { name: 'refused for a used coupon', coupon: 'used' },
  { name: 'confirmed with part given back', coupon: 'usable', goesOn: 'part back, then confirm' },
  { name: 'confirmed, and part given back afterwards', goesOn: 'part back later' },
  { name: 'disputed, part given back', coupon: 'usable', goesOn: 'dispute, part back' },
  { name: 'disputed, all given back', coupon: 'usable', goesOn: 'dispute, all back' },
]

export type Scene = {
  town: SagaTown
  seller: MemberId
  buyer: MemberId
  listingId: ReturnType<typeof newId<'lst'>>
  couponId: ReturnType<typeof newId<'cpn'>>
}

export function setScene(story: Story, town: SagaTown): Scene {
  const [seller, buyer] = [newId('mem', 1), newId('mem', 2)]
  const [listingId, couponId] = [newId('lst', 3), newId('cpn', 4)]
  town.shelves.putUp({ id: listingId, sellerId: seller, price: PRICE })
  town.coupons.give(couponId, buyer, OFF, story.coupon)
  town.books.give(buyer, story.purse ?? PURSE)
  return { town, seller, buyer, listingId, couponId }
}

/** Plays a story with faults; answers how many places it passed. */
export async function play(story: Story, scene: Scene, faults: Fault[], client: Client): Promise<number> {
  const { town, seller, buyer, listingId, couponId } = scene
  town.plan(faults)
  let cuts = 0
  const whenCut = async () => {
    town.revive()
    cuts += 1
    await tick(town, cuts * MINUTE_MS)
  }
  const said = async <Value>(
    work: () => Promise<{ ok: true; value: Value } | { ok: false; refusal: Refusal }>,
  ) => {
    if (client === 'insists') return await insistently(work, whenCut)
    const answer = await work().catch(() => null)
    if (!answer?.ok) town.revive()
    return answer?.ok ? answer.value : null
  }
  const request = {
    listingId,
    expectedPrice: PRICE,
    ...(story.coupon === undefined ? {} : { couponId }),
  }
  await said(() => buy(town.env, asks(buyer), request, 'key-of-the-purchase'))
  const tradeId = await lastTrade(town)
  if (tradeId !== null) await goOn(tradeId)
  const passed = town.placesPassed()
  town.revive()
  for (let minute = 1; minute <= TICKS; minute++) await tick(town, (cuts + minute) * MINUTE_MS)
  for (let minute = 0; minute <= TICKS; minute++) await tick(town, 8 * DAY_MS + minute * MINUTE_MS)
  return passed

  async function goOn(id: TradeId): Promise<void> {
    const confirm = () => said(() => endPurchase(town.env, asks(buyer), id, 'confirmed'))
    const giveBack = () =>
      said(() => refund(town.env, asks(seller), id, { amount: 1_000 }, 'key-of-the-refund'))
    const object = () =>
      said(() => dispute(town.env, asks(buyer), id, { reason: 'broken', text: '깨졌어요' }))
    // An operator comes back to a case until it is decided, when there is one.
    const word = (refund: number) =>
      insistently(
        () => decideDispute(town.env, asks(newId('mem', 9)), id, { refund, reason: '살펴봤어요' }),
        whenCut,
      )
    if (story.goesOn === 'confirm') await confirm()
    if (story.goesOn === 'cancel') await said(() => endPurchase(town.env, asks(seller), id, 'cancelled'))
    if (story.goesOn === 'part back, then confirm') await giveBack()
    if (story.goesOn === 'part back, then confirm') await confirm()
    if (story.goesOn === 'part back later') await confirm()
    if (story.goesOn === 'part back later') await giveBack()
    if (story.goesOn === 'dispute, part back') await object()
    if (story.goesOn === 'dispute, part back') await word(5_000)
    if (story.goesOn === 'dispute, all back') await object()
    if (story.goesOn === 'dispute, all back') await word(PRICE - OFF)
  }
}

async function tick(town: SagaTown, laterMs: number): Promise<void> {
  const atMs = Date.now() + laterMs
  await sweepPurchases(town.env, atMs).catch(() => {})
  await finishRefunds(town.env, atMs).catch(() => {})
  town.revive()
}

async function lastTrade(town: SagaTown): Promise<TradeId | null> {
  const row = await town.db
    .prepare('SELECT id FROM trades ORDER BY created_at_ms DESC LIMIT 1')
    .first<{ id: TradeId }>()
  return row?.id ?? null
}
