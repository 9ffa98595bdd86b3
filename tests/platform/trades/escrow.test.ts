import { beforeAll, describe, expect, it } from 'vitest'
import { TradeId } from '#contracts/ids'
import { RELEASE_AFTER_MS, Trade } from '#contracts/trades'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, type Purse } from '../payments/purse.ts'
import { changes, type Market, openMarket, PRICE } from './market.ts'

/** Buying with the wallet through the whole platform: real listings, coupons and books. */
let market: Market
let purse: Purse
let seller: SignedUp
let buyer: SignedUp

beforeAll(async () => {
  market = await openMarket()
  purse = market.purse
  seller = market.seller
  buyer = market.buyer
})

describe('buying with the wallet, through the whole platform', () => {
  it('with a coupon and the code gives the seller the full price, and promotion carries the discount', async () => {
    const [thing, claim, before] = [await market.onSale(), await market.coupon(), await market.standings()]
    const trade = await market.paid(thing, { couponId: claim.couponId })
    expect(trade.escrow).toMatchObject({ paid: 27_000, discount: 3_000, coupon: { id: claim.couponId } })
    expect(changes(before, await market.standings())).toMatchObject({ buyer: 0, held: 27_000, seller: 0 })
    expect((await market.standings()).owed - before.owed).toBe(PRICE)
    expect([await market.statusOf(thing), await market.couponState(claim)]).toEqual(['reserved', 'held'])
    const code = trade.escrow?.handoverCode ?? ''
    const handed = await market.act(seller, trade, 'handover', { code })
    expect(handed.json).toMatchObject({ state: 'completed', escrow: { ended: 'code' } })
    const moved = { seller: PRICE, buyer: -27_000, held: 0, promotion: -3_000, escrow: 0 }
    expect(changes(before, await market.standings())).toEqual(moved)
    expect([await market.statusOf(thing), await market.couponState(claim)]).toEqual(['sold', 'used'])
    const [line] = (await purse.entriesOf(seller)).items
    expect(line).toMatchObject({ cause: { kind: 'trade', id: trade.id }, memo: '원목 책상' })
  })

  it('with a coupon that expires between its hold and the payment uses it all the same (case 21)', async () => {
    const [thing, claim, before] = [await market.onSale(), await market.coupon(), await market.standings()]
    const trade = await market.paid(thing, { couponId: claim.couponId })
    await market.letExpire(claim)
    await purse.tick()
    expect(await market.couponState(claim)).toBe('held')
    expect((await market.act(buyer, trade, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(changes(before, await market.standings())).toMatchObject({
      seller: PRICE,
      buyer: -27_000,
      promotion: -3_000,
    })
    expect(await market.couponState(claim)).toBe('used')
    // One that is over before it is held is refused, and given back after its time it is over as well.
    const [late, other] = [await market.coupon(), await market.onSale()]
    await market.letExpire(late)
    expect(codeOf(await market.buy(other, { couponId: late.couponId }))).toBe('COUPON_EXPIRED')
    expect(await market.statusOf(other)).toBe('on_sale')
  })

  it('disputed and partly decided for the buyer splits the price, and takes nothing twice', async () => {
    const [thing, claim, before] = [await market.onSale(), await market.coupon(), await market.standings()]
    const trade = await market.paid(thing, { couponId: claim.couponId })
    const opened = await market.act(buyer, trade, 'dispute', {
      reason: 'not_as_described',
      text: '사진과 달라요',
    })
    expect(opened.json).toMatchObject({ state: 'disputed' })
    expect(codeOf(await market.act(buyer, trade, 'confirm'))).toBe('TRADE_DISPUTED')
    const word = { refund: 10_000, reason: '흠이 있었어요' }
    const decided = await market.asOperator('POST', `operator/trades/${trade.id}/decide`, word)
    expect(decided.json).toMatchObject({ state: 'completed', escrow: { refunded: 10_000 } })
    const moved = { seller: 20_000, buyer: -17_000, held: 0, promotion: -3_000, escrow: 0 }
    expect(changes(before, await market.standings())).toEqual(moved)
    expect(await market.couponState(claim)).toBe('used')
  })

  it('called off gives back money, coupon and thing', async () => {
    const [thing, claim, before] = [await market.onSale(), await market.coupon(), await market.standings()]
    const trade = await market.paid(thing, { couponId: claim.couponId })
    expect((await market.act(seller, trade, 'cancel')).json).toMatchObject({ state: 'cancelled' })
    expect(changes(before, await market.standings())).toEqual({
      seller: 0,
      buyer: 0,
      held: 0,
      promotion: 0,
      escrow: 0,
    })
    expect([await market.statusOf(thing), await market.couponState(claim)]).toEqual(['on_sale', 'usable'])
    expect((await market.buy(thing, { couponId: claim.couponId })).status).toBe(201)
  })

  it('given back after the sale leaves the seller’s wallet once', async () => {
    const [thing, before] = [await market.onSale(), await market.standings()]
    const trade = await market.paid(thing)
    await market.act(buyer, trade, 'confirm')
    const key = unique('k')
    const path = `trades/${trade.id}/refunds`
    for (let times = 0; times < 3; times++)
      expect((await purse.post(seller, path, { amount: 4_000, reason: '흠집' }, key)).status).toBe(200)
    expect(changes(before, await market.standings())).toMatchObject({ seller: 26_000, buyer: -26_000 })
    expect(codeOf(await market.act(seller, trade, 'refunds', { amount: 26_001 }))).toBe('REFUND_TOO_MUCH')
  })

  it('is refused by each owner’s own code, and nothing moves', async () => {
    const [thing, before] = [await market.onSale(), await market.standings()]
    const poor = await purse.newcomer()
    const foreign = await market.coupon(seller)
    expect(codeOf(await market.buy(thing, {}, seller))).toBe('OWN_LISTING')
    expect(codeOf(await market.buy(thing, {}, poor))).toBe('INSUFFICIENT_BALANCE')
    expect(codeOf(await market.buy(thing, { couponId: foreign.couponId }))).toBe('COUPON_NOT_FOUND')
    await purse.platform.call('PATCH', `listings/${thing.id}`, {
      token: seller.accessToken,
      json: { price: PRICE + 1 },
    })
    expect(codeOf(await market.buy(thing))).toBe('PRICE_CHANGED')
    for (const [status, code] of [
      ['reserved', 'LISTING_RESERVED'],
      ['sold', 'LISTING_SOLD'],
      ['hidden', 'LISTING_HIDDEN'],
    ] as const) {
      const other = await market.onSale()
      await purse.platform.call('PATCH', `listings/${other.id}`, {
        token: seller.accessToken,
        json: { status },
      })
      expect(codeOf(await market.buy(other))).toBe(code)
    }
    const gone = await market.onSale()
    await purse.platform.call('DELETE', `listings/${gone.id}`, { token: seller.accessToken })
    expect(codeOf(await market.buy(gone))).toBe('NOT_FOUND')
    expect(changes(before, await market.standings())).toEqual({
      seller: 0,
      buyer: 0,
      held: 0,
      promotion: 0,
      escrow: 0,
    })
    expect(await market.statusOf(thing)).toBe('on_sale')
  })

  it('of one thing by many at once sells it to one', async () => {
    const thing = await market.onSale(1_000)
    const neighbours = await Promise.all(Array.from({ length: 5 }, () => purse.newcomer()))
    for (const neighbour of neighbours) await purse.topUp(neighbour, 1_000)
    const answers = await Promise.all(
      [...neighbours, ...neighbours].map((each) => market.buy(thing, {}, each)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    const held = await Promise.all(neighbours.map(async (each) => (await purse.walletOf(each)).held))
    expect(held.toSorted()).toEqual([0, 0, 0, 0, 1_000])
  })

  it('keeps the seller from changing what was bought, and nobody’s wallet from being left behind', async () => {
    const thing = await market.onSale()
    const trade = await market.paid(thing)
    const deleted = await purse.platform.call('DELETE', `listings/${thing.id}`, { token: seller.accessToken })
    expect(codeOf(deleted)).toBe('LISTING_IN_TRADE')
    await market.act(buyer, trade, 'cancel')
  })

  it('is told to both in their notifications, and in the talk they had about it', async () => {
    const thing = await market.onSale()
    const trade = await market.paid(thing)
    await eventually(async () => {
      const told = await purse.read(seller, 'notifications')
      expect(told.text).toContain(trade.id)
    })
    await market.act(buyer, trade, 'confirm')
  })

  it('left alone goes to the seller after seven days by the tick, and not before', async () => {
    const trade = await market.paid(await market.onSale())
    const got = async () =>
      (await purse.entriesOf(seller)).items
        .filter(({ cause }) => cause.id === trade.id)
        .map(({ amount }) => amount)
    const rpc = await market.tradesRpc()
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
    await market.paid(await market.onSale())
    await market.act(
      buyer,
      await market.paid(await market.onSale(), { couponId: (await market.coupon()).couponId }),
      'confirm',
    )
    const rpc = await market.tradesRpc()
    await rpc.tick({ atMs: Date.now() + 3 * MINUTE_MS })
    expect(await alarms()).toEqual([])
  })

  it('finds money that is not held and a thing that was not sold, and the one purchase stands still', async () => {
    const [open, thing, sound] = [
      await market.paid(await market.onSale()),
      await market.onSale(),
      await market.paid(await market.onSale()),
    ]
    const done = await market.paid(thing)
    await market.act(buyer, done, 'confirm')
    await purse.db
      .prepare("UPDATE holds SET state = 'voided', resolved_at_ms = 1 WHERE cause_id = ?")
      .bind(open.id)
      .run()
    const { DB } = await purse.platform.server.getWorker<{ DB: D1Database }>('madang-listings').getEnv()
    await DB.prepare("UPDATE listings SET status = 'on_sale', sold_by_trade = NULL WHERE id = ?")
      .bind(thing.id)
      .run()
    const rpc = await market.tradesRpc()
    for (const minute of [3, 5]) await rpc.tick({ atMs: Date.now() + minute * MINUTE_MS })
    expect(new Set(await alarms())).toEqual(
      new Set([
        { invariant: 'trade_paid_by_holds', aggregate: open.id },
        { invariant: 'trade_sold_its_listing', aggregate: done.id },
      ]),
    )
    expect(await alarms()).toHaveLength(2)
    expect(codeOf(await market.act(buyer, open, 'confirm'))).toBe('TRADE_FROZEN')
    expect((await market.act(buyer, sound, 'confirm')).status).toBe(200)
  })
})
