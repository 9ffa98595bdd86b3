import { z } from 'zod'
import type { TownPurchase, TownPurchaseEnd } from './demo-town/purchases.ts'
import { at, inLanes, Made, post } from './seed-api.ts'
import type { Seeding } from './seed-rooms.ts'

/** In won. Enough for everything that the town buys, and something left to try the wallet with. */
const TOP_UP = 500_000
const SENT = 12_000
const PAID_OUT = 30_000
const PERCENT = 100
const LOOKS_MAX = 60
const LOOK_AGAIN_MS = 250

const Charge = z.object({ id: z.string(), checkoutUrl: z.string().nullable() })
const Claim = z.object({ couponId: z.string() })
const State = z.object({
  state: z.enum(['pending', 'paid', 'completed', 'cancelled', 'failed', 'disputed']),
  escrow: z.object({ paid: z.number(), handoverCode: z.string().nullable() }),
})

type Paying = Seeding & { origin: string; operatorToken: string; campaignId: string }
type Deal = { id: string; buyer: number; seller: number; price: number }

/**
 * Money in the demo accounts' wallets, by the way everybody's takes: topped up at the provider's stand-in, spent, sent and
 * paid out. What is bought, sent and paid out has its key, so that a step not noted before a kill is asked for again and stands.
 */
export async function seedMoney(paying: Paying): Promise<void> {
  const buyers = Array.from(new Set(paying.town.purchases.map(({ buyer }) => buyer)))
  await inLanes(buyers, (member) => topUp(paying, member))
  await inLanes(paying.town.purchases, async (purchase, index) => {
    const deal = await buy(paying, purchase, index)
    await paying.journal.once(`purchase ${index} ${purchase.end.kind}`, () =>
      endDeal(paying, deal, purchase.end),
    )
  })
  await move(paying)
}

/**
 * A key of its own each time: one that was cut short and goes on an hour later would otherwise find its top-up expired. The
 * worst that a kill before the note does is a fuller wallet.
 */
async function topUp({ api, journal, origin }: Paying, member: number): Promise<void> {
  await journal.once(`top-up ${member}`, async () => {
    const now = () => ({ key: crypto.randomUUID(), msAgo: 0 })
    const charge = Charge.parse(await api.post(member, '/wallet/charges', { amount: TOP_UP }, now()))
    if (charge.checkoutUrl) await post(`${origin}${new URL(charge.checkoutUrl, origin).pathname}/approve`, {})
    await api.post(member, `/wallet/charges/${charge.id}/confirm`, {}, now())
    return charge.id
  })
}

async function buy(
  paying: Paying,
  { listing, buyer, withCoupon }: TownPurchase,
  index: number,
): Promise<Deal> {
  const { api, journal, town, listingIds, campaignId } = paying
  const { price, seller } = at(town.listings, listing)
  const key = (what: string) => ({ key: `town-${what}-${index}`, msAgo: 0 })
  const id = await journal.once(`purchase ${index}`, async () => {
    const claims = `/coupons/campaigns/${campaignId}/claims`
    const coupon = withCoupon
      ? { couponId: Claim.parse(await api.post(buyer, claims, {}, key('claim'))).couponId }
      : {}
    const order = { listingId: at(listingIds, listing), expectedPrice: price, ...coupon }
    return Made.parse(await api.post(buyer, '/trades', order, key('purchase'))).id
  })
  return { id, buyer, seller, price }
}

/** Brings a paid trade to its end; one that is there already stays as it is. */
async function endDeal(paying: Paying, deal: Deal, end: TownPurchaseEnd): Promise<string> {
  const { api } = paying
  const { state, escrow } = await settled(paying, deal)
  const act = (by: number, what: string, body: object) =>
    api.post(by, `/trades/${deal.id}/${what}`, body, { key: `town-${what}-${deal.id}`, msAgo: 0 })
  if (state === 'paid') {
    if (end.kind === 'handed_over') await act(deal.seller, 'handover', { code: escrow.handoverCode })
    if (end.kind === 'cancelled') await act(deal.buyer, 'cancel', {})
    if (end.kind === 'disputed') {
      await act(deal.buyer, 'dispute', { reason: end.reason, text: end.text })
      await decide(paying, deal, end)
    }
  }
  if (state === 'disputed' && end.kind === 'disputed') await decide(paying, deal, end)
  return end.kind
}

/** The trade once its money has found where it waits. */
async function settled({ api }: Paying, { id, buyer }: Deal): Promise<z.infer<typeof State>> {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const trade = State.parse(await api.get(buyer, `/trades/${id}`))
    if (trade.state !== 'pending') return trade
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
  throw new Error(`the town's trade ${id} is still being paid`)
}

async function decide(
  { origin, operatorToken }: Paying,
  { id, price }: Deal,
  { decision }: Extract<TownPurchaseEnd, { kind: 'disputed' }>,
): Promise<void> {
  if (!decision) return
  const refund = Math.floor((price * decision.refundPercent) / PERCENT)
  await post(
    `${origin}/api/v1/operator/trades/${id}/decide`,
    { refund, reason: decision.reason },
    { authorization: `Bearer ${operatorToken}`, 'idempotency-key': `town-decide-${id}` },
  )
}

/** What the first demo account sends to the second, and takes out to the bank. */
async function move({ api, journal, memberIds }: Paying): Promise<void> {
  await journal.once('sent', async () => {
    const order = { toMemberId: at(memberIds, 1), amount: SENT, memo: '떡볶이 값' }
    return Made.parse(await api.post(0, '/wallet/transfers', order, { key: 'town-sent', msAgo: 0 })).id
  })
  await journal.once('paid out', async () => {
    const bankAccount = { bank: 'kakao', number: '3333-01-1234567', holder: '김민지' }
    const order = { amount: PAID_OUT, bankAccount }
    return Made.parse(await api.post(0, '/wallet/payouts', order, { key: 'town-paid-out', msAgo: 0 })).id
  })
}
