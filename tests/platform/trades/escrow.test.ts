import { beforeAll, describe, expect, it } from 'vitest'
import { Campaign, Claim, Coupon } from '#contracts/coupons'
import { TradeId } from '#contracts/ids'
import { Listing } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { Books } from '#contracts/payments'
import { RELEASE_AFTER_MS, Trade } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { eventually, newOperator, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, openPurse, type Purse } from '../payments/purse.ts'

/** Buying with the wallet through the whole platform: real listings, coupons and books. */
let purse: Purse
let operator: Awaited<ReturnType<typeof newOperator>>
let seller: SignedUp
let buyer: SignedUp

beforeAll(async () => {
  purse = await openPurse()
  operator = await newOperator(purse.platform)
  seller = await purse.newcomer()
  buyer = await purse.newcomer()
  await purse.topUp(buyer, 500_000)
})

const PRICE = 30_000
const asOperator = (method: 'GET' | 'POST', path: string, json?: object) =>
  purse.platform.call(method, path, {
    ...{ token: operator.accessToken, idempotencyKey: unique('k') },
    ...(json ? { json } : {}),
  })

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
const couponState = async ({ couponId }: Claim) => {
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
async function standings() {
  const [his, hers, books] = await Promise.all([
    purse.walletOf(seller),
    purse.walletOf(buyer),
    asOperator('GET', 'operator/payments/books'),
  ])
  const accounts = new Map(Books.parse(books.json).accounts.map(({ account, balance }) => [account, balance]))
  return {
    seller: his.total,
    buyer: hers.total,
    held: hers.held,
    owed: his.owed,
    promotion: accounts.get('promotion') ?? 0,
    escrow: accounts.get('escrow') ?? 0,
  }
}
const changes = (before: Awaited<ReturnType<typeof standings>>, after: typeof before) => ({
  seller: after.seller - before.seller,
  buyer: after.buyer - before.buyer,
  held: after.held - before.held,
  promotion: after.promotion - before.promotion,
  escrow: after.escrow - before.escrow,
})

describe('buying with the wallet, through the whole platform', () => {
  it('with a coupon and the code gives the seller the full price, and promotion carries the discount', async () => {
    const [thing, claim, before] = [await onSale(), await coupon(), await standings()]
    const trade = await paid(thing, { couponId: claim.couponId })
    expect(trade.escrow).toMatchObject({ paid: 27_000, discount: 3_000, coupon: { id: claim.couponId } })
    expect(changes(before, await standings())).toMatchObject({ buyer: 0, held: 27_000, seller: 0 })
    expect((await standings()).owed - before.owed).toBe(PRICE)
    expect([await statusOf(thing), await couponState(claim)]).toEqual(['reserved', 'held'])
    const code = trade.escrow?.handoverCode ?? ''
    const handed = await act(seller, trade, 'handover', { code })
    expect(handed.json).toMatchObject({ state: 'completed', escrow: { ended: 'code' } })
    const moved = { seller: PRICE, buyer: -27_000, held: 0, promotion: -3_000, escrow: 0 }
    expect(changes(before, await standings())).toEqual(moved)
    expect([await statusOf(thing), await couponState(claim)]).toEqual(['sold', 'used'])
    const [line] = (await purse.entriesOf(seller)).items
    expect(line).toMatchObject({ cause: { kind: 'trade', id: trade.id }, memo: '원목 책상' })
  })

  it('with a coupon that expires between its hold and the payment uses it all the same (case 21)', async () => {
    const [thing, claim, before] = [await onSale(), await coupon(), await standings()]
    const trade = await paid(thing, { couponId: claim.couponId })
    await letExpire(claim)
    await purse.tick()
    expect(await couponState(claim)).toBe('held')
    expect((await act(buyer, trade, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(changes(before, await standings())).toMatchObject({
      seller: PRICE,
      buyer: -27_000,
      promotion: -3_000,
    })
    expect(await couponState(claim)).toBe('used')
    // One that is over before it is held is refused, and given back after its time it is over as well.
    const [late, other] = [await coupon(), await onSale()]
    await letExpire(late)
    expect(codeOf(await buy(other, { couponId: late.couponId }))).toBe('COUPON_EXPIRED')
    expect(await statusOf(other)).toBe('on_sale')
  })

  it('disputed and partly decided for the buyer splits the price, and takes nothing twice', async () => {
    const [thing, claim, before] = [await onSale(), await coupon(), await standings()]
    const trade = await paid(thing, { couponId: claim.couponId })
    const opened = await act(buyer, trade, 'dispute', { reason: 'not_as_described', text: '사진과 달라요' })
    expect(opened.json).toMatchObject({ state: 'disputed' })
    expect(codeOf(await act(buyer, trade, 'confirm'))).toBe('TRADE_DISPUTED')
    const word = { refund: 10_000, reason: '흠이 있었어요' }
    const decided = await asOperator('POST', `operator/trades/${trade.id}/decide`, word)
    expect(decided.json).toMatchObject({ state: 'completed', escrow: { refunded: 10_000 } })
    const moved = { seller: 20_000, buyer: -17_000, held: 0, promotion: -3_000, escrow: 0 }
    expect(changes(before, await standings())).toEqual(moved)
    expect(await couponState(claim)).toBe('used')
  })

  it('called off gives back money, coupon and thing', async () => {
    const [thing, claim, before] = [await onSale(), await coupon(), await standings()]
    const trade = await paid(thing, { couponId: claim.couponId })
    expect((await act(seller, trade, 'cancel')).json).toMatchObject({ state: 'cancelled' })
    expect(changes(before, await standings())).toEqual({
      seller: 0,
      buyer: 0,
      held: 0,
      promotion: 0,
      escrow: 0,
    })
    expect([await statusOf(thing), await couponState(claim)]).toEqual(['on_sale', 'usable'])
    expect((await buy(thing, { couponId: claim.couponId })).status).toBe(201)
  })

  it('given back after the sale leaves the seller’s wallet once', async () => {
    const [thing, before] = [await onSale(), await standings()]
    const trade = await paid(thing)
    await act(buyer, trade, 'confirm')
    const key = unique('k')
    const path = `trades/${trade.id}/refunds`
    for (let times = 0; times < 3; times++)
      expect((await purse.post(seller, path, { amount: 4_000, reason: '흠집' }, key)).status).toBe(200)
    expect(changes(before, await standings())).toMatchObject({ seller: 26_000, buyer: -26_000 })
    expect(codeOf(await act(seller, trade, 'refunds', { amount: 26_001 }))).toBe('REFUND_TOO_MUCH')
  })

  it('is refused by each owner’s own code, and nothing moves', async () => {
    const [thing, before] = [await onSale(), await standings()]
    const poor = await purse.newcomer()
    const foreign = await coupon(seller)
    expect(codeOf(await buy(thing, {}, seller))).toBe('OWN_LISTING')
    expect(codeOf(await buy(thing, {}, poor))).toBe('INSUFFICIENT_BALANCE')
    expect(codeOf(await buy(thing, { couponId: foreign.couponId }))).toBe('COUPON_NOT_FOUND')
    await purse.platform.call('PATCH', `listings/${thing.id}`, {
      token: seller.accessToken,
      json: { price: PRICE + 1 },
    })
    expect(codeOf(await buy(thing))).toBe('PRICE_CHANGED')
    for (const [status, code] of [
      ['reserved', 'LISTING_RESERVED'],
      ['sold', 'LISTING_SOLD'],
      ['hidden', 'LISTING_HIDDEN'],
    ] as const) {
      const other = await onSale()
      await purse.platform.call('PATCH', `listings/${other.id}`, {
        token: seller.accessToken,
        json: { status },
      })
      expect(codeOf(await buy(other))).toBe(code)
    }
    const gone = await onSale()
    await purse.platform.call('DELETE', `listings/${gone.id}`, { token: seller.accessToken })
    expect(codeOf(await buy(gone))).toBe('NOT_FOUND')
    expect(changes(before, await standings())).toEqual({
      seller: 0,
      buyer: 0,
      held: 0,
      promotion: 0,
      escrow: 0,
    })
    expect(await statusOf(thing)).toBe('on_sale')
  })

  it('of one thing by many at once sells it to one', async () => {
    const thing = await onSale(1_000)
    const neighbours = await Promise.all(Array.from({ length: 5 }, () => purse.newcomer()))
    for (const neighbour of neighbours) await purse.topUp(neighbour, 1_000)
    const answers = await Promise.all([...neighbours, ...neighbours].map((each) => buy(thing, {}, each)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    const held = await Promise.all(neighbours.map(async (each) => (await purse.walletOf(each)).held))
    expect(held.toSorted()).toEqual([0, 0, 0, 0, 1_000])
  })

  it('keeps the seller from changing what was bought, and nobody’s wallet from being left behind', async () => {
    const thing = await onSale()
    const trade = await paid(thing)
    const deleted = await purse.platform.call('DELETE', `listings/${thing.id}`, { token: seller.accessToken })
    expect(codeOf(deleted)).toBe('LISTING_IN_TRADE')
    await act(buyer, trade, 'cancel')
  })

  it('is told to both in their notifications, and in the talk they had about it', async () => {
    const thing = await onSale()
    const trade = await paid(thing)
    await eventually(async () => {
      const told = await purse.read(seller, 'notifications')
      expect(told.text).toContain(trade.id)
    })
    await act(buyer, trade, 'confirm')
  })

  it('left alone goes to the seller after seven days by the tick, and not before', async () => {
    const trade = await paid(await onSale())
    const got = async () =>
      (await purse.entriesOf(seller)).items
        .filter(({ cause }) => cause.id === trade.id)
        .map(({ amount }) => amount)
    const { rpc } = await tradesRpc()
    await rpc.tick({ atMs: Date.now() + RELEASE_AFTER_MS - MINUTE_MS })
    expect(await got()).toEqual([])
    await rpc.tick({ atMs: Date.now() + RELEASE_AFTER_MS + MINUTE_MS })
    await rpc.tick({ atMs: Date.now() + RELEASE_AFTER_MS + HOUR_MS })
    expect(await got()).toEqual([PRICE])
    expect(Trade.parse((await purse.read(buyer, `trades/${trade.id}`)).json)).toMatchObject({
      state: 'completed',
      escrow: { ended: 'silence' },
    })
    const ctx = { actor: { kind: 'worker', worker: 'test' }, requestId: 'r', idempotencyKey: 'k' } as const
    const ids = [TradeId.parse(trade.id)]
    expect(await rpc.states(ctx, ids)).toEqual({ ok: true, value: [{ id: trade.id, state: 'completed' }] })
  })
})

describe('The audit of purchases', () => {
  const alarms = async () => {
    const rows = await purse.db
      .prepare("SELECT invariant, aggregate FROM incidents WHERE invariant LIKE 'trade_%'")
      .all<{ invariant: string; aggregate: string }>()
    return rows.results
  }

  it('finds all that was bought here in order, whatever became of it', async () => {
    await paid(await onSale())
    await act(buyer, await paid(await onSale(), { couponId: (await coupon()).couponId }), 'confirm')
    const { rpc } = await tradesRpc()
    await rpc.tick({ atMs: Date.now() + 3 * MINUTE_MS })
    expect(await alarms()).toEqual([])
  })

  it('finds money that is not held and a thing that was not sold, and the one purchase stands still', async () => {
    const [open, thing, sound] = [await paid(await onSale()), await onSale(), await paid(await onSale())]
    const done = await paid(thing)
    await act(buyer, done, 'confirm')
    await purse.db
      .prepare("UPDATE holds SET state = 'voided', resolved_at_ms = 1 WHERE cause_id = ?")
      .bind(open.id)
      .run()
    const { DB } = await purse.platform.server.getWorker<{ DB: D1Database }>('madang-listings').getEnv()
    await DB.prepare("UPDATE listings SET status = 'on_sale', sold_by_trade = NULL WHERE id = ?")
      .bind(thing.id)
      .run()
    const { rpc } = await tradesRpc()
    for (const minute of [3, 5]) await rpc.tick({ atMs: Date.now() + minute * MINUTE_MS })
    expect(new Set(await alarms())).toEqual(
      new Set([
        { invariant: 'trade_paid_by_holds', aggregate: open.id },
        { invariant: 'trade_sold_its_listing', aggregate: done.id },
      ]),
    )
    expect(await alarms()).toHaveLength(2)
    expect(codeOf(await act(buyer, open, 'confirm'))).toBe('TRADE_FROZEN')
    expect((await act(buyer, sound, 'confirm')).status).toBe(200)
  })
})

/** Payments asks trades in its audit; its binding is the way in. */
async function tradesRpc(): Promise<{ rpc: Service<TradesApi> }> {
  const env = await purse.platform.server
    .getWorker<{ TRADES: Service<TradesApi> }>('madang-payments')
    .getEnv()
  return { rpc: env.TRADES }
}
