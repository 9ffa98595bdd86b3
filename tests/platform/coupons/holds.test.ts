import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type CouponsAlone, newMember, newTrade, startCoupons } from './alone.ts'

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

const refused = (code: string) => ({ ok: false, refusal: { code } })
const done = { ok: true, value: null }

/** A member with one coupon. */
async function holder(over: object = {}) {
  const member = newMember()
  const campaign = await coupons.open(over)
  const { couponId } = await coupons.won(member, campaign.id)
  return { member, couponId, campaign }
}

describe('a coupon at the checkout', () => {
  it('claimed a moment ago is put aside at once, and the same trade is told the same again', async () => {
    const { member, couponId } = await holder()
    const trade = newTrade()
    const held = { ok: true, value: { discount: 3_000, title: '첫눈 쿠폰' } }
    expect(await coupons.rpc.hold(couponId, member, trade)).toEqual(held)
    expect(await coupons.rpc.hold(couponId, member, trade)).toEqual(held)
    expect((await coupons.mine(member))[0]).toMatchObject({ state: 'held', tradeId: trade })
  })

  it('in two carts at once is in one of them', async () => {
    const { member, couponId } = await holder()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => coupons.rpc.hold(couponId, member, newTrade())),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter((answer) => !answer.ok && answer.refusal.code === 'COUPON_HELD')).toHaveLength(19)
  })

  it('is no second one for the same trade', async () => {
    const { member, couponId, campaign } = await holder({ perMemberADay: 2 })
    const second = await coupons.won(member, campaign.id)
    const trade = newTrade()
    expect((await coupons.rpc.hold(couponId, member, trade)).ok).toBe(true)
    expect(await coupons.rpc.hold(second.couponId, member, trade)).toEqual(refused('COUPON_NOT_APPLICABLE'))
  })

  it('is its member’s alone: another’s and one that never was look alike', async () => {
    const { couponId } = await holder()
    expect(await coupons.rpc.hold(couponId, newMember(), newTrade())).toEqual(refused('COUPON_NOT_FOUND'))
    const none = newId('cpn', Date.now())
    expect(await coupons.rpc.hold(none, newMember(), newTrade())).toEqual(refused('COUPON_NOT_FOUND'))
  })

  it('takes off at most the price, whole won of a percentage up to its cap, and only where it is for', async () => {
    const dear = await holder({ minSpend: 0 })
    const cheap = { thing: { price: 1_200, category: 'furniture' } } as const
    expect(await coupons.rpc.hold(dear.couponId, dear.member, newTrade(), cheap)).toMatchObject({
      value: { discount: 1_200 },
    })
    const percent = {
      discount: { kind: 'percent', percent: 15, cap: 2_000 },
      categories: ['books'],
      minSpend: 1_000,
    }
    const book = (price: number) => ({ thing: { price, category: 'books' } }) as const
    const [floored, capped, off] = [await holder(percent), await holder(percent), await holder(percent)]
    expect(await coupons.rpc.hold(floored.couponId, floored.member, newTrade(), book(1_999))).toMatchObject({
      value: { discount: 299 },
    })
    expect(await coupons.rpc.hold(capped.couponId, capped.member, newTrade(), book(90_000))).toMatchObject({
      value: { discount: 2_000 },
    })
    expect(await coupons.rpc.hold(off.couponId, off.member, newTrade(), book(999))).toEqual(
      refused('COUPON_NOT_APPLICABLE'),
    )
    expect(await coupons.rpc.hold(off.couponId, off.member, newTrade())).toEqual(
      refused('COUPON_NOT_APPLICABLE'),
    )
  })

  it('is used up once, by the trade that holds it, and never again', async () => {
    const { member, couponId } = await holder()
    const [trade, other] = [newTrade(), newTrade()]
    expect(await coupons.rpc.redeem(couponId, trade)).toEqual(refused('COUPON_NOT_FOUND'))
    await coupons.rpc.hold(couponId, member, trade)
    expect(await coupons.rpc.redeem(couponId, other)).toEqual(refused('COUPON_NOT_FOUND'))
    expect(await coupons.rpc.redeem(couponId, trade)).toEqual(done)
    expect(await coupons.rpc.redeem(couponId, trade)).toEqual(done)
    expect(await coupons.rpc.release(couponId, trade)).toEqual(done)
    expect(await coupons.rpc.hold(couponId, member, other)).toEqual(refused('COUPON_USED'))
    expect(await coupons.mine(member)).toEqual([])
    expect((await coupons.mine(member, '?state=used'))[0]).toMatchObject({ id: couponId, tradeId: trade })
  })

  it('comes back from a trade that failed, and from nobody else’s word', async () => {
    const { member, couponId } = await holder()
    const [trade, other] = [newTrade(), newTrade()]
    await coupons.rpc.hold(couponId, member, trade)
    expect(await coupons.rpc.release(couponId, other)).toEqual(done)
    expect((await coupons.mine(member))[0]?.state).toBe('held')
    await Promise.all([coupons.rpc.release(couponId, trade), coupons.rpc.release(couponId, trade)])
    expect((await coupons.mine(member))[0]).toMatchObject({ state: 'usable', tradeId: null })
    expect((await coupons.rpc.hold(couponId, member, other)).ok).toBe(true)
  })

  it('good when it was put aside may be used up after it expired; given back then, it is expired', async () => {
    const [paid, undone] = [await holder({ validForDays: 1 }), await holder({ validForDays: 1 })]
    const [trade, failed] = [newTrade(), newTrade()]
    const long = { untilMs: Date.now() + 9 * DAY_MS }
    await coupons.rpc.hold(paid.couponId, paid.member, trade, long)
    await coupons.rpc.hold(undone.couponId, undone.member, failed, long)
    await coupons.db
      .prepare('UPDATE coupons SET expires_at_ms = ? WHERE id IN (?, ?)')
      .bind(Date.now() - 1, paid.couponId, undone.couponId)
      .run()
    expect(await coupons.rpc.redeem(paid.couponId, trade)).toEqual(done)
    expect(await coupons.rpc.release(undone.couponId, failed)).toEqual(done)
    expect(await coupons.rpc.hold(undone.couponId, undone.member, newTrade())).toEqual(
      refused('COUPON_EXPIRED'),
    )
  })

  it('that expired between the quote and the pay is refused, before any tick', async () => {
    const { member, couponId } = await holder()
    await coupons.mine(member)
    await coupons.db
      .prepare('UPDATE coupons SET expires_at_ms = ? WHERE id = ?')
      .bind(Date.now() - 1, couponId)
      .run()
    expect(await coupons.rpc.hold(couponId, member, newTrade())).toEqual(refused('COUPON_EXPIRED'))
    expect(await coupons.mine(member)).toEqual([])
    expect(await coupons.mine(member, '?state=expired')).toHaveLength(1)
  })

  it('comes back by itself from a trade that died', async () => {
    const { member, couponId } = await holder()
    const dead = newTrade()
    await coupons.rpc.hold(couponId, member, dead, { untilMs: Date.now() + HOUR_MS })
    await coupons.tick()
    expect((await coupons.mine(member))[0]?.state).toBe('held')
    await coupons.tick(HOUR_MS + 1)
    await coupons.tick(HOUR_MS + 1)
    expect((await coupons.mine(member))[0]?.state).toBe('usable')
    expect(await coupons.rpc.redeem(couponId, dead)).toEqual(refused('COUPON_NOT_FOUND'))
  })

  it('goes no way that a coupon cannot go, even by a hand in the database', async () => {
    const { member, couponId } = await holder()
    const trade = newTrade()
    await coupons.rpc.hold(couponId, member, trade)
    await coupons.rpc.redeem(couponId, trade)
    const by = (set: string) =>
      coupons.db.prepare(`UPDATE coupons SET ${set} WHERE id = ?`).bind(couponId).run()
    await expect(by("state = 'usable', trade_id = NULL, discount = NULL, used_at_ms = NULL")).rejects.toThrow(
      /cannot go that way/,
    )
    await expect(by("trade_id = 'trd_other'")).rejects.toThrow(/another trade/)
    await expect(by('sequence = 9')).rejects.toThrow(/does not change/)
  })
})
