import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CouponId, type MemberId, TradeId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { RELEASE_AFTER_MS, RELEASE_NOTICE_BEFORE_MS, Trade } from '#contracts/trades'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { newMember, startTrades, type Talk, type TradesAlone } from './alone.ts'

/** Buying with the wallet, in workerd with its workflow; payments, coupons and listings are stand-ins with real books. */
let town: TradesAlone

/** Ticks of days to come would forget the facts this looks at. */
const KEEP_FACTS = 'CREATE TRIGGER keep_facts BEFORE DELETE ON outbox BEGIN SELECT RAISE(IGNORE); END'

beforeAll(async () => {
  town = await startTrades()
  await town.db.prepare(KEEP_FACTS).run()
})
afterAll(() => town.close())

const PRICE = 30_000
const PURSE = 100_000
let keys = 0
const newKey = () => `key-${Date.now()}-${keys++}`

/** A thing on sale, and a neighbour with money who wrote about it. */
async function talk(purse = PURSE): Promise<Talk> {
  const between = await town.talk()
  await town.tell({ kind: 'purse', memberId: between.buyerId, amount: purse })
  return between
}
async function coupon(memberId: MemberId, off = 3_000): Promise<CouponId> {
  const id = newId('cpn', Date.now())
  await town.tell({ kind: 'coupon', id, memberId, off })
  return id
}
type Over = { couponId?: CouponId; expectedPrice?: number; key?: string; as?: MemberId }
const buy = (between: Talk, { key = newKey(), as = between.buyerId, ...over }: Over = {}) =>
  town.call('POST', 'trades', {
    ...{ as, key },
    json: { listingId: between.listingId, expectedPrice: PRICE, ...over },
  })
async function paid(between: Talk, over: Over = {}): Promise<Trade> {
  const answer = await buy(between, over)
  if (answer.status !== 201) throw new Error(`not paid: ${answer.status} ${answer.text}`)
  return Trade.parse(answer.json)
}
const act = (as: MemberId, { id }: Pick<Trade, 'id'>, what: string, json?: object, key = newKey()) =>
  town.call('POST', `trades/${id}/${what}`, { as, key, ...(json ? { json } : {}) })
const look = async (as: MemberId, id: string) =>
  Trade.parse((await town.call('GET', `trades/${id}`, { as })).json)
const wallets = async (between: Talk) => {
  const { wallets } = await town.booksOf([between.sellerId, between.buyerId])
  return { seller: wallets[0]?.total, buyer: wallets[1]?.total, held: wallets[1]?.held }
}
const object = (as: MemberId, trade: Trade) =>
  act(as, trade, 'dispute', { reason: 'broken', text: '다리가 부러져 있어요' })
const typesOf = async (id: string) => (await town.factsOf(id)).map(({ type }) => type)

describe('a purchase with the wallet', () => {
  it('is paid at once: the money is put aside, the thing is taken, and the code is the buyer’s alone', async () => {
    const between = await talk()
    const answer = await buy(between)
    expect(answer.status).toBe(201)
    const trade = Trade.parse(answer.json)
    expect(answer.headers.get('location')).toBe(`/api/v1/trades/${trade.id}`)
    expect(trade).toMatchObject({ state: 'paid', role: 'buyer', price: PRICE, roomId: between.roomId })
    expect(trade.escrow).toMatchObject({ paid: PRICE, discount: 0, refunded: 0, ended: null })
    expect(trade.escrow?.handoverCode).toMatch(/^\d{4}$/)
    expect(await wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: PRICE })
    expect(await town.statusOf(between.listingId)).toBe('reserved')
    const theirs = await look(between.sellerId, trade.id)
    expect(theirs).toMatchObject({ state: 'paid', role: 'seller', escrow: { handoverCode: null } })
    expect((await town.call('GET', `trades/${trade.id}`, { as: newMember() })).code).toBe('NOT_FOUND')
    expect(await typesOf(trade.id)).toEqual(['trade.paid'])
  })

  it('goes over with the code: the seller gets the full price, the promotion carries the discount', async () => {
    const between = await talk()
    const couponId = await coupon(between.buyerId)
    const before = (await town.booksOf(['promotion'])).wallets[0]?.total ?? 0
    const trade = await paid(between, { couponId })
    expect(trade.escrow).toMatchObject({ paid: 27_000, discount: 3_000, coupon: { id: couponId } })
    const code = trade.escrow?.handoverCode ?? ''
    expect((await act(between.buyerId, trade, 'handover', { code })).code).toBe('FORBIDDEN')
    const done = await act(between.sellerId, trade, 'handover', { code })
    expect(done.status).toBe(200)
    expect(done.json).toMatchObject({ state: 'completed', escrow: { ended: 'code', releaseAt: null } })
    expect(await wallets(between)).toEqual({ seller: PRICE, buyer: PURSE - 27_000, held: 0 })
    const books = await town.booksOf(['promotion'], [couponId])
    expect([books.wallets[0]?.total, books.coupons]).toEqual([before - 3_000, ['used']])
    expect(await town.statusOf(between.listingId)).toBe('sold')
    expect(await typesOf(trade.id)).toEqual(['trade.paid', 'trade.completed'])
  })

  it('gives a retry with its key the first answer, and no second purchase', async () => {
    const between = await talk()
    const key = newKey()
    const first = await buy(between, { key })
    const again = await buy(between, { key })
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await buy(between, { key, expectedPrice: 1 })).code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await wallets(between)).held).toBe(PRICE)
  })

  it('under another member’s key, or its own a day later, is another purchase (case 29)', async () => {
    const [between, others, next] = [await talk(), await talk(), await talk(0)]
    const key = newKey()
    const first = await paid(between, { key })
    const second = await paid(others, { key })
    expect([first.listing.id, second.listing.id]).toEqual([between.listingId, others.listingId])
    const another = { ...next, buyerId: between.buyerId }
    expect((await buy(another, { key })).code).toBe('IDEMPOTENCY_KEY_REUSED')
    await town.tick(26 * HOUR_MS)
    const later = await paid(another, { key })
    expect([later.listing.id, later.id === first.id]).toEqual([next.listingId, false])
    expect((await wallets(between)).held).toBe(2 * PRICE)
  })

  it('under a key that is used again while payments die is one purchase (case 29)', async () => {
    const between = await talk()
    const key = newKey()
    await town.tell({ kind: 'payments', is: 'losing answers' })
    const first = buy(between, { key })
    const again = buy(between, { key })
    const other = await buy(between, { key, expectedPrice: 1 })
    await town.tell({ kind: 'payments', is: 'up' })
    await Promise.all([first, again])
    expect(['IDEMPOTENCY_KEY_REUSED', 'REQUEST_IN_FLIGHT']).toContain(other.code)
    const trade = await eventually(async () => {
      const answer = await buy(between, { key })
      expect([201, 202]).toContain(answer.status)
      const { id } = Trade.parse(answer.json)
      expect((await look(between.buyerId, id)).state).toBe('paid')
      return await look(between.buyerId, id)
    })
    expect(trade.state).toBe('paid')
    expect(await wallets(between)).toMatchObject({ buyer: PURSE, held: PRICE })
  })

  it('is refused for each reason by its own code, and nothing moves', async () => {
    const between = await talk()
    const foreign = await coupon(newMember())
    const put = (status: ListingStatus) =>
      town.tell({ kind: 'thing', id: between.listingId, sellerId: between.sellerId, title: '책상', status })
    expect((await buy(between, { as: between.sellerId })).code).toBe('OWN_LISTING')
    expect((await buy(between, { expectedPrice: PRICE - 1 })).code).toBe('PRICE_CHANGED')
    expect((await buy({ ...between, listingId: newId('lst', 1) })).code).toBe('NOT_FOUND')
    expect((await buy(between, { couponId: foreign })).code).toBe('COUPON_NOT_FOUND')
    const poor = await talk(PRICE - 1)
    expect((await buy(poor)).code).toBe('INSUFFICIENT_BALANCE')
    expect(await town.statusOf(poor.listingId)).toBe('on_sale')
    for (const [status, code] of [
      ['reserved', 'LISTING_RESERVED'],
      ['sold', 'LISTING_SOLD'],
      ['hidden', 'LISTING_HIDDEN'],
    ] as const) {
      await put(status)
      expect((await buy(between)).code).toBe(code)
    }
    expect(await wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
    expect(await wallets(poor)).toMatchObject({ buyer: PRICE - 1, held: 0 })
    const bought = pageOf(Trade).parse((await town.call('GET', 'me/purchases', { as: poor.buyerId })).json)
    expect(bought.items).toEqual([])
  })

  it('refused for want of money may be tried again under the same key once there is enough', async () => {
    const between = await talk(PRICE - 1)
    const key = newKey()
    expect((await buy(between, { key })).code).toBe('INSUFFICIENT_BALANCE')
    await town.tell({ kind: 'purse', memberId: between.buyerId, amount: 1 })
    expect((await buy(between, { key })).status).toBe(201)
  })

  it('spends the same money once, however many things are bought with it at once', async () => {
    const buyerId = newMember()
    await town.tell({ kind: 'purse', memberId: buyerId, amount: PRICE * 2 })
    const talks = await Promise.all(Array.from({ length: 12 }, () => town.talk({ buyerId })))
    const answers = await Promise.all(talks.map((between) => buy(between)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(new Set(answers.flatMap(({ code }) => code ?? []))).toEqual(new Set(['INSUFFICIENT_BALANCE']))
    expect((await town.booksOf([buyerId])).wallets).toEqual([{ total: PRICE * 2, held: PRICE * 2 }])
  })

  it('of a thing cheaper than its coupon costs nothing, and of a gift moves nothing', async () => {
    const between = await talk(0)
    const couponId = await coupon(between.buyerId, PRICE * 2)
    const trade = await paid(between, { couponId })
    expect(trade.escrow).toMatchObject({ paid: 0, discount: PRICE })
    expect((await act(between.buyerId, trade, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(await wallets(between)).toEqual({ seller: PRICE, buyer: 0, held: 0 })
    const gift = await talk(0)
    const { listingId: id, sellerId } = gift
    await town.tell({ kind: 'thing', id, sellerId, title: '나눔', price: 0 })
    const free = await paid(gift, { expectedPrice: 0 })
    expect((await act(gift.buyerId, free, 'confirm')).json).toMatchObject({ state: 'completed' })
    expect(await town.statusOf(gift.listingId)).toBe('sold')
  })

  it('uses a coupon in one of two purchases at once, and gives it back when that one is called off', async () => {
    const buyerId = newMember()
    await town.tell({ kind: 'purse', memberId: buyerId, amount: PURSE })
    const couponId = await coupon(buyerId)
    const [one, two] = [await town.talk({ buyerId }), await town.talk({ buyerId })]
    const answers = await Promise.all([buy(one, { couponId }), buy(two, { couponId })])
    expect(answers.map(({ status, code }) => code ?? status).toSorted()).toEqual([201, 'COUPON_HELD'])
    const won = Trade.parse(answers.find(({ status }) => status === 201)?.json)
    expect((await act(buyerId, won, 'cancel')).json).toMatchObject({ state: 'cancelled' })
    expect((await town.booksOf([buyerId], [couponId])).coupons).toEqual(['usable'])
    const lost = answers[0]?.status === 201 ? two : one
    expect((await buy(lost, { couponId })).status).toBe(201)
  })
})

describe('a paid purchase', () => {
  it('is confirmed once: again answers the same, and every other end comes too late', async () => {
    const between = await talk()
    const trade = await paid(between)
    expect((await act(between.sellerId, trade, 'confirm')).code).toBe('FORBIDDEN')
    const first = await act(between.buyerId, trade, 'confirm')
    expect(first.json).toMatchObject({ state: 'completed', escrow: { ended: 'confirmed' } })
    const again = await act(between.buyerId, trade, 'confirm')
    expect([again.status, again.json]).toEqual([200, first.json])
    expect((await act(between.buyerId, trade, 'cancel')).code).toBe('TRADE_NOT_PAID')
    expect((await object(between.buyerId, trade)).code).toBe('TRADE_NOT_PAID')
    expect(await wallets(between)).toEqual({ seller: PRICE, buyer: PURSE - PRICE, held: 0 })
  })

  it('has one end when confirm, cancel, dispute and silence come at once', async () => {
    for (let round = 0; round < 6; round++) {
      const between = await talk()
      const trade = await paid(between)
      const ends = await Promise.all([
        act(between.buyerId, trade, 'confirm'),
        act(between.sellerId, trade, 'cancel'),
        object(between.buyerId, trade),
        town.tick(RELEASE_AFTER_MS + MINUTE_MS),
      ])
      const answers = ends.flatMap((end) => ('status' in end ? [end] : []))
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      for (const { status, code } of answers)
        if (status !== 200) expect(['TRADE_NOT_PAID', 'TRADE_DISPUTED']).toContain(code)
      const after = await look(between.buyerId, trade.id)
      const money = await wallets(between)
      if (after.state === 'completed') expect(money).toEqual({ seller: PRICE, buyer: PURSE - PRICE, held: 0 })
      else expect([after.state, money.seller, money.buyer]).toEqual([after.state, 0, PURSE])
      expect(['completed', 'cancelled', 'disputed']).toContain(after.state)
    }
  })

  it('called off by either side gives everything back, and stays in both histories', async () => {
    for (const by of ['buyerId', 'sellerId'] as const) {
      const between = await talk()
      const trade = await paid(between)
      expect((await act(between[by], trade, 'cancel')).json).toMatchObject({ state: 'cancelled' })
      expect((await act(between[by], trade, 'cancel')).status).toBe(200)
      expect(await wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
      expect(await town.statusOf(between.listingId)).toBe('on_sale')
      const sold = pageOf(Trade).parse((await town.call('GET', 'me/sales', { as: between.sellerId })).json)
      expect(sold.items).toMatchObject([{ id: trade.id, state: 'cancelled' }])
      expect(await typesOf(trade.id)).toEqual(['trade.paid', 'trade.cancelled'])
      await town.tick(2 * MINUTE_MS)
      expect((await buy(between)).status).toBe(201)
    }
  })

  it('takes five wrong codes an hour, however they come, and then none', async () => {
    const between = await talk()
    const trade = await paid(between)
    const right = trade.escrow?.handoverCode ?? ''
    const wrong = right === '0000' ? '0001' : '0000'
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => act(between.sellerId, trade, 'handover', { code: wrong })),
    )
    const tried = guesses.filter(({ code }) => code === 'HANDOVER_CODE_WRONG')
    expect(tried.length).toBeLessThanOrEqual(5)
    for (let left = tried.length; left < 5; left++)
      expect((await act(between.sellerId, trade, 'handover', { code: wrong })).code).toBe(
        'HANDOVER_CODE_WRONG',
      )
    const refused = await act(between.sellerId, trade, 'handover', { code: right })
    expect([refused.status, refused.code]).toEqual([429, 'TOO_MANY_REQUESTS'])
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect((await look(between.buyerId, trade.id)).state).toBe('paid')
  })

  it('goes to the seller by silence after seven days, told a day before, each once and not earlier', async () => {
    const between = await talk()
    const trade = await paid(between)
    await town.tick(RELEASE_AFTER_MS - RELEASE_NOTICE_BEFORE_MS - MINUTE_MS)
    expect(await typesOf(trade.id)).toEqual(['trade.paid'])
    await town.tick(RELEASE_AFTER_MS - RELEASE_NOTICE_BEFORE_MS + MINUTE_MS)
    await town.tick(RELEASE_AFTER_MS - MINUTE_MS)
    expect(await typesOf(trade.id)).toEqual(['trade.paid', 'trade.release_due'])
    expect((await look(between.buyerId, trade.id)).state).toBe('paid')
    await town.tick(RELEASE_AFTER_MS + MINUTE_MS)
    await town.tick(RELEASE_AFTER_MS + DAY_MS)
    expect(await look(between.buyerId, trade.id)).toMatchObject({
      state: 'completed',
      escrow: { ended: 'silence' },
    })
    expect(await typesOf(trade.id)).toEqual(['trade.paid', 'trade.release_due', 'trade.completed'])
    expect((await town.factsOf(trade.id)).at(-1)?.actorId).toBeNull()
    expect((await wallets(between)).seller).toBe(PRICE)
  })

  it('lets nobody sell its thing to another by hand, nor take the purchase back by a word', async () => {
    const between = await talk()
    const trade = await paid(between)
    const other = await town.talk({
      sellerId: between.sellerId,
      listingId: between.listingId,
      buyerId: newMember(),
    })
    const choice = { as: between.sellerId, json: { memberId: other.buyerId } }
    const chosen = await town.call('POST', `listings/${between.listingId}/buyer`, choice)
    expect(chosen.code).toBe('LISTING_IN_TRADE')
    await act(between.buyerId, trade, 'confirm')
    expect((await act(between.sellerId, trade, 'undo')).code).toBe('CONFLICT')
    const review = await act(between.buyerId, trade, 'reviews', { score: 5 })
    expect(review.status).toBe(201)
  })
})

describe('a disputed purchase', () => {
  const decide = (trade: Trade, refund: number, key = newKey()) =>
    town.call('POST', `operator/trades/${trade.id}/decide`, {
      ...{ as: newMember(), role: 'operator' as const, key },
      json: { refund, reason: '사진을 보았어요' },
    })
  const queue = async (state: 'open' | 'decided') =>
    (
      await town.call('GET', `operator/trades/disputes?state=${state}&limit=50`, {
        as: newMember(),
        role: 'operator',
      })
    ).text

  it('stands still until an operator gives part of it back, once', async () => {
    const between = await talk()
    const couponId = await coupon(between.buyerId)
    const trade = await paid(between, { couponId })
    const opened = await object(between.buyerId, trade)
    expect(opened.json).toMatchObject({ state: 'disputed', escrow: { releaseAt: null, handoverCode: null } })
    expect((await object(between.sellerId, trade)).code).toBe('TRADE_DISPUTED')
    expect((await act(between.buyerId, trade, 'confirm')).code).toBe('TRADE_DISPUTED')
    expect((await act(between.sellerId, trade, 'cancel')).code).toBe('TRADE_DISPUTED')
    await town.tick(RELEASE_AFTER_MS + DAY_MS)
    expect((await look(between.buyerId, trade.id)).state).toBe('disputed')
    expect(await queue('open')).toContain(trade.id)
    expect((await decide(trade, 27_001)).code).toBe('REFUND_TOO_MUCH')
    const decided = await decide(trade, 5_000)
    expect(decided.json).toMatchObject({ state: 'completed', escrow: { refunded: 5_000, ended: 'decided' } })
    expect((await decide(trade, 1_000)).code).toBe('CASE_DECIDED')
    expect(await wallets(between)).toEqual({ seller: 25_000, buyer: PURSE - 22_000, held: 0 })
    expect(await queue('open')).not.toContain(trade.id)
    expect(await queue('decided')).toContain(trade.id)
    expect((await town.booksOf([], [couponId])).coupons).toEqual(['used'])
    const mine = await look(between.buyerId, trade.id)
    expect(mine.escrow).toMatchObject({
      refunds: [{ amount: 5_000, by: 'operator' }],
      dispute: { openedBy: 'buyer', decision: { refund: 5_000 } },
    })
  })

  it('decided all for the buyer is undone, coupon and all', async () => {
    const between = await talk()
    const couponId = await coupon(between.buyerId)
    const trade = await paid(between, { couponId })
    await object(between.sellerId, trade)
    expect((await decide(trade, 27_000)).json).toMatchObject({ state: 'cancelled' })
    expect(await wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
    expect((await town.booksOf([], [couponId])).coupons).toEqual(['usable'])
    expect(await typesOf(trade.id)).toEqual([
      'trade.paid',
      'trade.disputed',
      'trade.decided',
      'trade.cancelled',
    ])
  })

  it('is decided by operators alone', async () => {
    const between = await talk()
    const trade = await paid(between)
    await object(between.buyerId, trade)
    const json = { refund: 0, reason: '제가 맞아요' }
    const mine = await town.call('POST', `operator/trades/${trade.id}/decide`, { as: between.sellerId, json })
    expect(mine.code).toBe('FORBIDDEN')
  })
})

describe('money given back', () => {
  it('while it is held lessens what is released, and never passes what was paid', async () => {
    const between = await talk()
    const trade = await paid(between)
    expect((await act(between.buyerId, trade, 'refunds', { amount: 1 })).code).toBe('FORBIDDEN')
    const key = newKey()
    const given = await act(between.sellerId, trade, 'refunds', { amount: 4_000, reason: '흠집' }, key)
    expect(given.json).toMatchObject({ escrow: { refunded: 4_000, refunds: [{ amount: 4_000 }] } })
    expect((await act(between.sellerId, trade, 'refunds', { amount: 4_000, reason: '흠집' }, key)).text).toBe(
      given.text,
    )
    expect((await act(between.sellerId, trade, 'refunds', { amount: 26_001 })).code).toBe('REFUND_TOO_MUCH')
    await act(between.buyerId, trade, 'confirm')
    expect(await wallets(between)).toEqual({ seller: 26_000, buyer: PURSE - 26_000, held: 0 })
  })

  it('after it moves at once and once, in parts that together stay within what was paid', async () => {
    const between = await talk()
    const trade = await paid(between)
    await act(between.buyerId, trade, 'confirm')
    const key = newKey()
    const both = await Promise.all([
      act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key),
      act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key),
    ])
    expect(both.map(({ status }) => status)).toContain(200)
    const again = await act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key)
    expect(again.json).toMatchObject({ escrow: { refunded: 20_000 } })
    const more = await Promise.all(
      [1, 2, 3].map(() => act(between.sellerId, trade, 'refunds', { amount: 6_000 })),
    )
    expect(more.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await wallets(between)).toEqual({ seller: 4_000, buyer: PURSE - 4_000, held: 0 })
    expect((await look(between.buyerId, trade.id)).escrow?.refunded).toBe(26_000)
  })

  it('that the seller does not have any more moves nothing, and is not noted', async () => {
    const between = await talk()
    const trade = await paid(between)
    await act(between.buyerId, trade, 'confirm')
    await town.tell({ kind: 'purse', memberId: between.sellerId, amount: -PRICE })
    expect((await act(between.sellerId, trade, 'refunds', { amount: 1_000 })).code).toBe(
      'INSUFFICIENT_BALANCE',
    )
    expect((await look(between.sellerId, trade.id)).escrow).toMatchObject({ refunded: 0, refunds: [] })
  })

  it('is not open before, after thirty days, nor of what was called off', async () => {
    const between = await talk()
    const trade = await paid(between)
    await act(between.sellerId, trade, 'cancel')
    expect((await act(between.sellerId, trade, 'refunds', { amount: 1 })).code).toBe('TRADE_NOT_PAID')
    const other = await talk()
    const done = await paid(other)
    await act(other.buyerId, done, 'confirm')
    await town.db
      .prepare('UPDATE trades SET completed_at_ms = completed_at_ms - ? WHERE id = ?')
      .bind(31 * DAY_MS, done.id)
      .run()
    expect((await act(other.sellerId, done, 'refunds', { amount: 1 })).code).toBe('REFUND_WINDOW_OVER')
  })
})

describe('a purchase whose neighbours are not well', () => {
  it('with slow payments is answered 202 with where to look, and is paid there', async () => {
    const between = await talk()
    await town.tell({ kind: 'payments', is: 'slow' })
    const couponId = await coupon(between.buyerId)
    const answer = await buy(between, { couponId })
    await town.tell({ kind: 'payments', is: 'up' })
    expect([201, 202]).toContain(answer.status)
    const { id } = Trade.parse(answer.json)
    expect(answer.headers.get('location')).toBe(`/api/v1/trades/${id}`)
    await eventually(async () => expect((await look(between.buyerId, id)).state).toBe('paid'))
  })

  it('whose payments die after the deed is paid once, by the flow itself', async () => {
    const between = await talk()
    await town.tell({ kind: 'payments', is: 'losing answers' })
    const answering = buy(between)
    await eventually(async () => expect((await wallets(between)).held).toBe(PRICE))
    await town.tell({ kind: 'payments', is: 'up' })
    const { id } = Trade.parse((await answering).json)
    await eventually(async () => expect((await look(between.buyerId, id)).state).toBe('paid'), 20_000)
    expect((await wallets(between)).held).toBe(PRICE)
  })

  it('whose payments stay away is given up, and everything is as before', async () => {
    const between = await talk()
    await town.tell({ kind: 'payments', is: 'down' })
    const answer = await buy(between)
    expect(answer.status).toBe(202)
    const { id } = Trade.parse(answer.json)
    expect(Trade.parse(answer.json).state).toBe('pending')
    await town.db
      .prepare('UPDATE trades SET created_at_ms = created_at_ms - ?')
      .bind(DAY_MS / 2)
      .run()
    await town.tick(MINUTE_MS)
    await town.tell({ kind: 'payments', is: 'up' })
    await eventually(async () => {
      await town.tick(2 * MINUTE_MS)
      expect(await look(between.buyerId, id)).toMatchObject({ state: 'failed', failure: 'UNAVAILABLE' })
    }, 20_000)
    expect(await town.statusOf(between.listingId)).toBe('on_sale')
    expect((await wallets(between)).held).toBe(0)
    expect((await town.call('GET', `trades/${id}`, { as: between.sellerId })).code).toBe('NOT_FOUND')
  })

  it('is told to the audit with its state, unknown ones left out', async () => {
    const between = await talk()
    const trade = await paid(between)
    const ctx = { actor: { kind: 'worker', worker: 'test' }, requestId: 'r', idempotencyKey: 'k' } as const
    const ids = [TradeId.parse(trade.id), newId('trd', 1)]
    expect(await town.rpc.states(ctx, ids)).toEqual({ ok: true, value: [{ id: trade.id, state: 'paid' }] })
  })
})
