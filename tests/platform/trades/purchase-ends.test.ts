import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageOf } from '#contracts/page'
import { RELEASE_AFTER_MS, RELEASE_NOTICE_BEFORE_MS, Trade } from '#contracts/trades'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { newMember } from './alone.ts'
import { newKey, PRICE, PURSE, type Purchasing, startPurchasing } from './purchasing.ts'

/** What becomes of a purchase that is paid: confirmed, called off, left to silence, disputed, and given back afterwards. */
let shop: Purchasing
beforeAll(async () => {
  shop = await startPurchasing()
})
afterAll(() => shop.town.close())

describe('a paid purchase', () => {
  it('is confirmed once: again answers the same, and every other end comes too late', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    expect((await shop.act(between.sellerId, trade, 'confirm')).code).toBe('FORBIDDEN')
    const first = await shop.act(between.buyerId, trade, 'confirm')
    expect(first.json).toMatchObject({ state: 'completed', escrow: { ended: 'confirmed' } })
    const again = await shop.act(between.buyerId, trade, 'confirm')
    expect([again.status, again.json]).toEqual([200, first.json])
    expect((await shop.act(between.buyerId, trade, 'cancel')).code).toBe('TRADE_NOT_PAID')
    expect((await shop.object(between.buyerId, trade)).code).toBe('TRADE_NOT_PAID')
    expect(await shop.wallets(between)).toEqual({ seller: PRICE, buyer: PURSE - PRICE, held: 0 })
  })

  it('has one end when confirm, cancel, dispute and silence come at once', async () => {
    for (let round = 0; round < 6; round++) {
      const between = await shop.talk()
      const trade = await shop.paid(between)
      const ends = await Promise.all([
        shop.act(between.buyerId, trade, 'confirm'),
        shop.act(between.sellerId, trade, 'cancel'),
        shop.object(between.buyerId, trade),
        shop.town.tick(RELEASE_AFTER_MS + MINUTE_MS),
      ])
      const answers = ends.flatMap((end) => ('status' in end ? [end] : []))
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      for (const { status, code } of answers)
        if (status !== 200) expect(['TRADE_NOT_PAID', 'TRADE_DISPUTED']).toContain(code)
      const after = await shop.look(between.buyerId, trade.id)
      const money = await shop.wallets(between)
      if (after.state === 'completed') expect(money).toEqual({ seller: PRICE, buyer: PURSE - PRICE, held: 0 })
      else expect([after.state, money.seller, money.buyer]).toEqual([after.state, 0, PURSE])
      expect(['completed', 'cancelled', 'disputed']).toContain(after.state)
    }
  })

  it('called off by either side gives everything back, and stays in both histories', async () => {
    for (const by of ['buyerId', 'sellerId'] as const) {
      const between = await shop.talk()
      const trade = await shop.paid(between)
      expect((await shop.act(between[by], trade, 'cancel')).json).toMatchObject({ state: 'cancelled' })
      expect((await shop.act(between[by], trade, 'cancel')).status).toBe(200)
      expect(await shop.wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
      expect(await shop.town.statusOf(between.listingId)).toBe('on_sale')
      const sold = pageOf(Trade).parse(
        (await shop.town.call('GET', 'me/sales', { as: between.sellerId })).json,
      )
      expect(sold.items).toMatchObject([{ id: trade.id, state: 'cancelled' }])
      expect(await shop.typesOf(trade.id)).toEqual(['trade.paid', 'trade.cancelled'])
      await shop.town.tick(2 * MINUTE_MS)
      expect((await shop.buy(between)).status).toBe(201)
    }
  })

  it('takes five wrong codes an hour, however they come, and then none', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    const right = trade.escrow?.handoverCode ?? ''
    const wrong = right === '0000' ? '0001' : '0000'
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => shop.act(between.sellerId, trade, 'handover', { code: wrong })),
    )
    const tried = guesses.filter(({ code }) => code === 'HANDOVER_CODE_WRONG')
    expect(tried.length).toBeLessThanOrEqual(5)
    for (let left = tried.length; left < 5; left++)
      expect((await shop.act(between.sellerId, trade, 'handover', { code: wrong })).code).toBe(
        'HANDOVER_CODE_WRONG',
      )
    const refused = await shop.act(between.sellerId, trade, 'handover', { code: right })
    expect([refused.status, refused.code]).toEqual([429, 'TOO_MANY_REQUESTS'])
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect((await shop.look(between.buyerId, trade.id)).state).toBe('paid')
  })

  it('goes to the seller by silence after seven days, told a day before, each once and not earlier', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    await shop.town.tick(RELEASE_AFTER_MS - RELEASE_NOTICE_BEFORE_MS - MINUTE_MS)
    expect(await shop.typesOf(trade.id)).toEqual(['trade.paid'])
    await shop.town.tick(RELEASE_AFTER_MS - RELEASE_NOTICE_BEFORE_MS + MINUTE_MS)
    await shop.town.tick(RELEASE_AFTER_MS - MINUTE_MS)
    expect(await shop.typesOf(trade.id)).toEqual(['trade.paid', 'trade.release_due'])
    expect((await shop.look(between.buyerId, trade.id)).state).toBe('paid')
    await shop.town.tick(RELEASE_AFTER_MS + MINUTE_MS)
    await shop.town.tick(RELEASE_AFTER_MS + DAY_MS)
    expect(await shop.look(between.buyerId, trade.id)).toMatchObject({
      state: 'completed',
      escrow: { ended: 'silence' },
    })
    expect(await shop.typesOf(trade.id)).toEqual(['trade.paid', 'trade.release_due', 'trade.completed'])
    expect((await shop.town.factsOf(trade.id)).at(-1)?.actorId).toBeNull()
    expect((await shop.wallets(between)).seller).toBe(PRICE)
  })

  it('lets nobody sell its thing to another by hand, nor take the purchase back by a word', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    const other = await shop.town.talk({
      sellerId: between.sellerId,
      listingId: between.listingId,
      buyerId: newMember(),
    })
    const choice = { as: between.sellerId, json: { memberId: other.buyerId } }
    const chosen = await shop.town.call('POST', `listings/${between.listingId}/buyer`, choice)
    expect(chosen.code).toBe('LISTING_IN_TRADE')
    await shop.act(between.buyerId, trade, 'confirm')
    expect((await shop.act(between.sellerId, trade, 'undo')).code).toBe('CONFLICT')
    const review = await shop.act(between.buyerId, trade, 'reviews', { score: 5 })
    expect(review.status).toBe(201)
  })
})

describe('a disputed purchase', () => {
  const decide = (trade: Trade, refund: number, key = newKey()) =>
    shop.town.call('POST', `operator/trades/${trade.id}/decide`, {
      ...{ as: newMember(), role: 'operator' as const, key },
      json: { refund, reason: '사진을 보았어요' },
    })
  const queue = async (state: 'open' | 'decided') =>
    (
      await shop.town.call('GET', `operator/trades/disputes?state=${state}&limit=50`, {
        as: newMember(),
        role: 'operator',
      })
    ).text

  it('stands still until an operator gives part of it back, once', async () => {
    const between = await shop.talk()
    const couponId = await shop.coupon(between.buyerId)
    const trade = await shop.paid(between, { couponId })
    const opened = await shop.object(between.buyerId, trade)
    expect(opened.json).toMatchObject({ state: 'disputed', escrow: { releaseAt: null, handoverCode: null } })
    expect((await shop.object(between.sellerId, trade)).code).toBe('TRADE_DISPUTED')
    expect((await shop.act(between.buyerId, trade, 'confirm')).code).toBe('TRADE_DISPUTED')
    expect((await shop.act(between.sellerId, trade, 'cancel')).code).toBe('TRADE_DISPUTED')
    await shop.town.tick(RELEASE_AFTER_MS + DAY_MS)
    expect((await shop.look(between.buyerId, trade.id)).state).toBe('disputed')
    expect(await queue('open')).toContain(trade.id)
    expect((await decide(trade, 27_001)).code).toBe('REFUND_TOO_MUCH')
    const decided = await decide(trade, 5_000)
    expect(decided.json).toMatchObject({ state: 'completed', escrow: { refunded: 5_000, ended: 'decided' } })
    expect((await decide(trade, 1_000)).code).toBe('CASE_DECIDED')
    expect(await shop.wallets(between)).toEqual({ seller: 25_000, buyer: PURSE - 22_000, held: 0 })
    expect(await queue('open')).not.toContain(trade.id)
    expect(await queue('decided')).toContain(trade.id)
    expect((await shop.town.booksOf([], [couponId])).coupons).toEqual(['used'])
    const mine = await shop.look(between.buyerId, trade.id)
    expect(mine.escrow).toMatchObject({
      refunds: [{ amount: 5_000, by: 'operator' }],
      dispute: { openedBy: 'buyer', decision: { refund: 5_000 } },
    })
  })

  it('decided all for the buyer is undone, coupon and all', async () => {
    const between = await shop.talk()
    const couponId = await shop.coupon(between.buyerId)
    const trade = await shop.paid(between, { couponId })
    await shop.object(between.sellerId, trade)
    expect((await decide(trade, 27_000)).json).toMatchObject({ state: 'cancelled' })
    expect(await shop.wallets(between)).toEqual({ seller: 0, buyer: PURSE, held: 0 })
    expect((await shop.town.booksOf([], [couponId])).coupons).toEqual(['usable'])
    expect(await shop.typesOf(trade.id)).toEqual([
      'trade.paid',
      'trade.disputed',
      'trade.decided',
      'trade.cancelled',
    ])
  })

  it('is decided by operators alone', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    await shop.object(between.buyerId, trade)
    const json = { refund: 0, reason: '제가 맞아요' }
    const mine = await shop.town.call('POST', `operator/trades/${trade.id}/decide`, {
      as: between.sellerId,
      json,
    })
    expect(mine.code).toBe('FORBIDDEN')
  })
})

describe('money given back', () => {
  it('while it is held lessens what is released, and never passes what was paid', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    expect((await shop.act(between.buyerId, trade, 'refunds', { amount: 1 })).code).toBe('FORBIDDEN')
    const key = newKey()
    const given = await shop.act(between.sellerId, trade, 'refunds', { amount: 4_000, reason: '흠집' }, key)
    expect(given.json).toMatchObject({ escrow: { refunded: 4_000, refunds: [{ amount: 4_000 }] } })
    expect(
      (await shop.act(between.sellerId, trade, 'refunds', { amount: 4_000, reason: '흠집' }, key)).text,
    ).toBe(given.text)
    expect((await shop.act(between.sellerId, trade, 'refunds', { amount: 26_001 })).code).toBe(
      'REFUND_TOO_MUCH',
    )
    await shop.act(between.buyerId, trade, 'confirm')
    expect(await shop.wallets(between)).toEqual({ seller: 26_000, buyer: PURSE - 26_000, held: 0 })
  })

  it('after it moves at once and once, in parts that together stay within what was paid', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    await shop.act(between.buyerId, trade, 'confirm')
    const key = newKey()
    const both = await Promise.all([
      shop.act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key),
      shop.act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key),
    ])
    expect(both.map(({ status }) => status)).toContain(200)
    const again = await shop.act(between.sellerId, trade, 'refunds', { amount: 20_000 }, key)
    expect(again.json).toMatchObject({ escrow: { refunded: 20_000 } })
    const more = await Promise.all(
      [1, 2, 3].map(() => shop.act(between.sellerId, trade, 'refunds', { amount: 6_000 })),
    )
    expect(more.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await shop.wallets(between)).toEqual({ seller: 4_000, buyer: PURSE - 4_000, held: 0 })
    expect((await shop.look(between.buyerId, trade.id)).escrow?.refunded).toBe(26_000)
  })

  it('that the seller does not have any more moves nothing, and is not noted', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    await shop.act(between.buyerId, trade, 'confirm')
    await shop.town.tell({ kind: 'purse', memberId: between.sellerId, amount: -PRICE })
    expect((await shop.act(between.sellerId, trade, 'refunds', { amount: 1_000 })).code).toBe(
      'INSUFFICIENT_BALANCE',
    )
    expect((await shop.look(between.sellerId, trade.id)).escrow).toMatchObject({ refunded: 0, refunds: [] })
  })

  it('is not open before, after thirty days, nor of what was called off', async () => {
    const between = await shop.talk()
    const trade = await shop.paid(between)
    await shop.act(between.sellerId, trade, 'cancel')
    expect((await shop.act(between.sellerId, trade, 'refunds', { amount: 1 })).code).toBe('TRADE_NOT_PAID')
    const other = await shop.talk()
    const done = await shop.paid(other)
    await shop.act(other.buyerId, done, 'confirm')
    await shop.town.db
      .prepare('UPDATE trades SET completed_at_ms = completed_at_ms - ? WHERE id = ?')
      .bind(31 * DAY_MS, done.id)
      .run()
    expect((await shop.act(other.sellerId, done, 'refunds', { amount: 1 })).code).toBe('REFUND_WINDOW_OVER')
  })
})
