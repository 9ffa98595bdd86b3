import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TradeId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { Trade } from '#contracts/trades'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { newMember } from './alone.ts'
import { newKey, PRICE, PURSE, type Purchasing, startPurchasing } from './purchasing.ts'

/** Buying with the wallet, in workerd with its workflow; payments, coupons and listings are stand-ins with real books. */
let shop: Purchasing
beforeAll(async () => {
  shop = await startPurchasing()
})
afterAll(() => shop.town.close())

describe('a purchase with the wallet', () => {
  it('is paid at once: the money is put aside, the thing is taken, and the code is the buyer’s alone', async () => {
    const between = await shop.talk()
    const answer = await shop.buy(between)
    expect(answer.status).toBe(201)
    const trade = Trade.parse(answer.json)
    expect(answer.headers.get('location')).toBe(`/api/v1/trades/${trade.id}`)
    expect(trade).toMatchObject({ state: 'paid', role: 'buyer', price: PRICE, roomId: between.roomId })
    expect(trade.escrow).toMatchObject({ paid: PRICE, discount: 0, refunded: 0, ended: null })
    expect(trade.escrow?.handoverCode).toMatch(/^\d{4}$/)
    expect(await shop.wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: PRICE })
    expect(await shop.town.statusOf(between.listingId)).toBe('reserved')
    const theirs = await shop.look(between.sellerId, trade.id)
    expect(theirs).toMatchObject({ state: 'paid', role: 'seller', escrow: { handoverCode: null } })
    expect((await shop.town.call('GET', `trades/${trade.id}`, { as: newMember() })).code).toBe('NOT_FOUND')
    expect(await shop.typesOf(trade.id)).toEqual(['trade.paid'])
  })

  it('goes over with the code: the seller gets the full price, the promotion carries the discount', async () => {
    const between = await shop.talk()
    const couponId = await shop.coupon(between.buyerId)
    const before = (await shop.town.booksOf(['promotion'])).wallets[0]?.total ?? 0
    const trade = await shop.paid(between, { couponId })
    expect(trade.escrow).toMatchObject({ paid: 27_000, discount: 3_000, coupon: { id: couponId } })
    const code = trade.escrow?.handoverCode ?? ''
    expect((await shop.act(between.buyerId, trade, 'handover', { code })).code).toBe('FORBIDDEN')
    const done = await shop.act(between.sellerId, trade, 'handover', { code })
    expect(done.status).toBe(200)
    expect(done.json).toMatchObject({ state: 'completed', escrow: { ended: 'code', releaseAt: null } })
    expect(await shop.wallets(between)).toEqual({ seller: PRICE, buyer: PURSE - 27_000, held: 0 })
    const books = await shop.town.booksOf(['promotion'], [couponId])
    expect([books.wallets[0]?.total, books.coupons]).toEqual([before - 3_000, ['used']])
    expect(await shop.town.statusOf(between.listingId)).toBe('sold')
    expect(await shop.typesOf(trade.id)).toEqual(['trade.paid', 'trade.completed'])
  })

  it('gives a retry with its key the first answer, and no second purchase', async () => {
    const between = await shop.talk()
    const key = newKey()
    const first = await shop.buy(between, { key })
    const again = await shop.buy(between, { key })
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await shop.buy(between, { key, expectedPrice: 1 })).code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await shop.wallets(between)).held).toBe(PRICE)
  })

  it('under another member’s key, or its own a day later, is another purchase (case 29)', async () => {
    const [between, others, next] = [await shop.talk(), await shop.talk(), await shop.talk(0)]
    const key = newKey()
    const first = await shop.paid(between, { key })
    const second = await shop.paid(others, { key })
    expect([first.listing.id, second.listing.id]).toEqual([between.listingId, others.listingId])
    const another = { ...next, buyerId: between.buyerId }
    expect((await shop.buy(another, { key })).code).toBe('IDEMPOTENCY_KEY_REUSED')
    await shop.town.tick(26 * HOUR_MS)
    const later = await shop.paid(another, { key })
    expect([later.listing.id, later.id === first.id]).toEqual([next.listingId, false])
    expect((await shop.wallets(between)).held).toBe(2 * PRICE)
  })

  it('under a key that is used again while payments die is one purchase (case 29)', async () => {
    const between = await shop.talk()
    const key = newKey()
    await shop.town.tell({ kind: 'payments', is: 'losing answers' })
    const first = shop.buy(between, { key })
    const again = shop.buy(between, { key })
    const other = await shop.buy(between, { key, expectedPrice: 1 })
    await shop.town.tell({ kind: 'payments', is: 'up' })
    await Promise.all([first, again])
    expect(['IDEMPOTENCY_KEY_REUSED', 'REQUEST_IN_FLIGHT']).toContain(other.code)
    const trade = await eventually(async () => {
      const answer = await shop.buy(between, { key })
      expect([201, 202]).toContain(answer.status)
      const { id } = Trade.parse(answer.json)
      expect((await shop.look(between.buyerId, id)).state).toBe('paid')
      return await shop.look(between.buyerId, id)
    })
    expect(trade.state).toBe('paid')
    expect(await shop.wallets(between)).toMatchObject({ buyer: PURSE, held: PRICE })
  })

  it('is refused for each reason by its own code, and nothing moves', async () => {
    const between = await shop.talk()
    const foreign = await shop.coupon(newMember())
    const put = (status: ListingStatus) =>
      shop.town.tell({
        kind: 'thing',
        id: between.listingId,
        sellerId: between.sellerId,
        title: '책상',
        status,
      })
    expect((await shop.buy(between, { as: between.sellerId })).code).toBe('OWN_LISTING')
    expect((await shop.buy(between, { expectedPrice: PRICE - 1 })).code).toBe('PRICE_CHANGED')
    expect((await shop.buy({ ...between, listingId: newId('lst', 1) })).code).toBe('NOT_FOUND')
    expect((await shop.buy(between, { couponId: foreign })).code).toBe('COUPON_NOT_FOUND')
    const poor = await shop.talk(PRICE - 1)
    expect((await shop.buy(poor)).code).toBe('INSUFFICIENT_BALANCE')
    expect(await shop.town.statusOf(poor.listingId)).toBe('on_sale')
    for (const [status, code] of [
      ['reserved', 'LISTING_RESERVED'],
      ['sold', 'LISTING_SOLD'],
      ['hidden', 'LISTING_HIDDEN'],
    ] as const) {
      await put(status)
      expect((await shop.buy(between)).code).toBe(code)
    }
    expect(await shop.wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
    expect(await shop.wallets(poor)).toMatchObject({ buyer: PRICE - 1, held: 0 })
    const bought = pageOf(Trade).parse(
      (await shop.town.call('GET', 'me/purchases', { as: poor.buyerId })).json,
    )
    expect(bought.items).toEqual([])
  })

  it('refused for want of money may be tried again under the same key once there is enough', async () => {
    const between = await shop.talk(PRICE - 1)
    const key = newKey()
    expect((await shop.buy(between, { key })).code).toBe('INSUFFICIENT_BALANCE')
    await shop.town.tell({ kind: 'purse', memberId: between.buyerId, amount: 1 })
    expect((await shop.buy(between, { key })).status).toBe(201)
  })

  it('spends the same money once, however many things are bought with it at once', async () => {
    const buyerId = newMember()
    await shop.town.tell({ kind: 'purse', memberId: buyerId, amount: PRICE * 2 })
    const talks = await Promise.all(Array.from({ length: 12 }, () => shop.town.talk({ buyerId })))
    const answers = await Promise.all(talks.map((between) => shop.buy(between)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(new Set(answers.flatMap(({ code }) => code ?? []))).toEqual(new Set(['INSUFFICIENT_BALANCE']))
    expect((await shop.town.booksOf([buyerId])).wallets).toEqual([{ total: PRICE * 2, held: PRICE * 2 }])
  })

  it('of a thing cheaper than its coupon costs nothing, and of a gift moves nothing', async () => {
    const between = await shop.talk(0)
    const couponId = await shop.coupon(between.buyerId, PRICE * 2)
    const trade = await shop.paid(between, { couponId })
    expect(trade.escrow).toMatchObject({ paid: 0, discount: PRICE })
    expect((await shop.act(between.buyerId, trade, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(await shop.wallets(between)).toEqual({ seller: PRICE, buyer: 0, held: 0 })
    const gift = await shop.talk(0)
    const { listingId: id, sellerId } = gift
    await shop.town.tell({ kind: 'thing', id, sellerId, title: '나눔', price: 0 })
    const free = await shop.paid(gift, { expectedPrice: 0 })
    expect((await shop.act(gift.buyerId, free, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(await shop.town.statusOf(gift.listingId)).toBe('sold')
  })

  it('uses a coupon in one of two purchases at once, and gives it back when that one is called off', async () => {
    const buyerId = newMember()
    await shop.town.tell({ kind: 'purse', memberId: buyerId, amount: PURSE })
    const couponId = await shop.coupon(buyerId)
    const [one, two] = [await shop.town.talk({ buyerId }), await shop.town.talk({ buyerId })]
    const answers = await Promise.all([shop.buy(one, { couponId }), shop.buy(two, { couponId })])
    expect(answers.map(({ status, code }) => code ?? status).toSorted()).toEqual([201, 'COUPON_HELD'])
    const won = Trade.parse(answers.find(({ status }) => status === 201)?.json)
    expect((await shop.act(buyerId, won, 'cancel')).json).toMatchObject({ state: 'cancelled' })
    expect((await shop.town.booksOf([buyerId], [couponId])).coupons).toEqual(['usable'])
    const lost = answers[0]?.status === 201 ? two : one
    expect((await shop.buy(lost, { couponId })).status).toBe(201)
  })
})

describe('a purchase whose neighbours are not well', () => {
  it('with slow payments is answered 202 with where to look, and is paid there', async () => {
    const between = await shop.talk()
    await shop.town.tell({ kind: 'payments', is: 'slow' })
    const couponId = await shop.coupon(between.buyerId)
    const answer = await shop.buy(between, { couponId })
    await shop.town.tell({ kind: 'payments', is: 'up' })
    expect([201, 202]).toContain(answer.status)
    const { id } = Trade.parse(answer.json)
    expect(answer.headers.get('location')).toBe(`/api/v1/trades/${id}`)
    await eventually(async () => expect((await shop.look(between.buyerId, id)).state).toBe('paid'))
  })

  it('whose payments die after the deed is paid once, by the flow itself', async () => {
    const between = await shop.talk()
    await shop.town.tell({ kind: 'payments', is: 'losing answers' })
    const answering = shop.buy(between)
    await eventually(async () => expect((await shop.wallets(between)).held).toBe(PRICE))
    await shop.town.tell({ kind: 'payments', is: 'up' })
    const { id } = Trade.parse((await answering).json)
    await eventually(async () => expect((await shop.look(between.buyerId, id)).state).toBe('paid'), 20_000)
    expect((await shop.wallets(between)).held).toBe(PRICE)
  })

  it('whose payments stay away is given up, and everything is as before', async () => {
    const between = await shop.talk()
    await shop.town.tell({ kind: 'payments', is: 'down' })
    const answer = await shop.buy(between)
    expect(answer.status).toBe(202)
    const { id } = Trade.parse(answer.json)
    expect(Trade.parse(answer.json).state).toBe('pending')
    await shop.town.db
      .prepare('UPDATE trades SET created_at_ms = created_at_ms - ?')
      .bind(DAY_MS / 2)
      .run()
    await shop.town.tick(MINUTE_MS)
    await shop.town.tell({ kind: 'payments', is: 'up' })
    await eventually(async () => {
      await shop.town.tick(2 * MINUTE_MS)
      expect(await shop.look(between.buyerId, id)).toMatchObject({ state: 'failed', failure: 'UNAVAILABLE' })
    }, 20_000)
    expect(await shop.town.statusOf(between.listingId)).toBe('on_sale')
    expect((await shop.wallets(between)).held).toBe(0)
    expect((await shop.town.call('GET', `trades/${id}`, { as: between.sellerId })).code).toBe('NOT_FOUND')
  })

  it('is told to the audit with its state, unknown ones left out', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    const ctx = { actor: { kind: 'worker', worker: 'test' }, requestId: 'r', idempotencyKey: 'k' } as const
    const ids = [TradeId.parse(trade.id), newId('trd', 1)]
    expect(await shop.town.rpc.states(ctx, ids)).toEqual({
      ok: true,
      value: [{ id: trade.id, state: 'paid' }],
    })
  })
})
