import { expect } from 'vitest'
import { Campaign, Claim, Coupon } from '#contracts/coupons'
import { Listing } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { Books } from '#contracts/payments'
import { Trade } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { eventually, newOperator, type Reply, type SignedUp, unique } from '../../support/platform.ts'
import { openPurse, type Purse } from '../payments/purse.ts'

/** What a thing costs here. */
export const PRICE = 30_000
/** What the buyer comes with. */
const PURSE = 500_000

/** The whole platform with a seller, a buyer who has money, and an operator: real listings, coupons and books. */
export async function openMarket() {
  const purse = await openPurse()
  const { accessToken: token } = await newOperator(purse.platform)
  const [seller, buyer] = [await purse.newcomer(), await purse.newcomer()]
  await purse.topUp(buyer, PURSE)

  const asOperator: AsOperator = (method, path, json) =>
    purse.platform.call(method, path, {
      ...{ token, idempotencyKey: unique('k') },
      ...(json ? { json } : {}),
    })

  /** Everybody's money now. */
  async function standings(): Promise<Standings> {
    const [his, hers, books] = await Promise.all([
      purse.walletOf(seller),
      purse.walletOf(buyer),
      asOperator('GET', 'operator/payments/books'),
    ])
    const accounts = new Map(
      Books.parse(books.json).accounts.map(({ account, balance }) => [account, balance]),
    )
    return {
      seller: his.total,
      buyer: hers.total,
      held: hers.held,
      owed: his.owed,
      promotion: accounts.get('promotion') ?? 0,
      escrow: accounts.get('escrow') ?? 0,
    }
  }

  /** Payments asks trades in its audit; its binding is the way in. */
  async function tradesRpc(): Promise<Service<TradesApi>> {
    const payments = purse.platform.server.getWorker<{ TRADES: Service<TradesApi> }>('madang-payments')
    return (await payments.getEnv()).TRADES
  }

  return {
    ...{ purse, seller, buyer, asOperator, standings, tradesRpc },
    ...dealsOf(purse, seller, buyer),
    ...couponsOf(purse, buyer, asOperator),
  }
}
export type Market = Awaited<ReturnType<typeof openMarket>>

/** What the two do. */
function dealsOf(purse: Purse, seller: SignedUp, buyer: SignedUp) {
  async function onSale(price = PRICE): Promise<Listing> {
    const json = { title: '원목 책상', description: '튼튼해요', category: 'furniture', price }
    const posted = await purse.post(seller, 'listings', json)
    if (posted.status !== 201) throw new Error(`not posted: ${posted.text}`)
    return Listing.parse(posted.json)
  }
  const buy = (thing: Listing, over: object = {}, as = buyer) =>
    purse.post(as, 'trades', { listingId: thing.id, expectedPrice: thing.price, ...over })
  async function paid(thing: Listing, over: object = {}): Promise<Trade> {
    const bought = await buy(thing, over)
    if (bought.status !== 201) throw new Error(`not paid: ${bought.status} ${bought.text}`)
    return Trade.parse(bought.json)
  }
  const act = (member: SignedUp, trade: Trade, what: string, json?: object) =>
    purse.post(member, `trades/${trade.id}/${what}`, json)
  const statusOf = async (thing: Listing) =>
    Listing.parse(
      (await purse.platform.call('GET', `me/listings/${thing.id}`, { token: seller.accessToken })).json,
    ).status

  return { onSale, buy, paid, act, statusOf }
}

type AsOperator = (method: 'GET' | 'POST', path: string, json?: object) => Promise<Reply>

/** The buyer's coupons. */
function couponsOf(purse: Purse, buyer: SignedUp, asOperator: AsOperator) {
  /** A coupon of 3,000 won, claimed from a campaign that is open now. */
  async function coupon(as = buyer): Promise<Claim> {
    const opened = await asOperator('POST', 'coupons/campaigns', {
      ...{ title: '첫눈 쿠폰', discount: { kind: 'amount', amount: 3_000 }, minSpend: 5_000, categories: [] },
      total: 10,
      rhythm: {
        kind: 'once',
        opensAt: new Date(Date.now() - MINUTE_MS).toISOString(),
        closesAt: new Date(Date.now() + HOUR_MS).toISOString(),
      },
    })
    const { id } = Campaign.parse(opened.json)
    return Claim.parse((await purse.post(as, `coupons/campaigns/${id}/claims`)).json)
  }
  /** As if its last hour were over. */
  async function letExpire({ couponId }: Claim): Promise<void> {
    const coupons = purse.platform.server.getWorker<{ DB: D1Database }>('madang-coupons')
    const { DB } = await coupons.getEnv()
    await eventually(async () => {
      const { meta } = await DB.prepare('UPDATE coupons SET expires_at_ms = 1 WHERE id = ?')
        .bind(couponId)
        .run()
      expect(meta.changes).toBe(1)
    })
  }
  async function couponState({ couponId }: Claim): Promise<string | null> {
    for (const state of ['usable', 'held', 'used', 'expired']) {
      const mine = await purse.read(buyer, `me/coupons?state=${state}&limit=50`)
      if (
        pageOf(Coupon)
          .parse(mine.json)
          .items.some(({ id }) => id === couponId)
      )
        return state
    }
    return null
  }

  return { coupon, letExpire, couponState }
}

type Standings = Record<'seller' | 'buyer' | 'held' | 'owed' | 'promotion' | 'escrow', number>

/** What money moved between the two. */
export const changes = (before: Standings, after: Standings) => ({
  seller: after.seller - before.seller,
  buyer: after.buyer - before.buyer,
  held: after.held - before.held,
  promotion: after.promotion - before.promotion,
  escrow: after.escrow - before.escrow,
})
