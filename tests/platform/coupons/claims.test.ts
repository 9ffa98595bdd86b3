import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Claim, Coupon } from '#contracts/coupons'
import type { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type CouponsAlone, newMember, newTrade, OPERATOR, startCoupons } from './alone.ts'

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

const Page = z.object({ items: z.array(Coupon), nextCursor: z.string().nullable() })

describe('a claim', () => {
  it('gives a coupon with its place and receipt, and the same bytes to a repeat with its key', async () => {
    const { id } = await coupons.open()
    const [one, other] = [newMember(), newMember()]
    const first = await coupons.claim(one, id, 'mine')
    const claim = Claim.parse(first.json)
    expect(first.status).toBe(201)
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    expect(claim).toMatchObject({
      sequence: 1,
      coupon: { id: claim.couponId, state: 'usable', tradeId: null },
    })
    expect(Date.parse(claim.coupon.expiresAt) - Date.parse(claim.coupon.issuedAt)).toBe(31 * DAY_MS)
    await coupons.edit(id, { title: '새 이름' })
    await coupons.rpc.hold(claim.couponId, one, newTrade())
    const again = await coupons.claim(one, id, 'mine')
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
      201,
      first.text,
      'true',
    ])
    expect((await coupons.claim(one, id, 'another')).code).toBe('COUPON_ALREADY_CLAIMED')
    expect((await coupons.claim(one, id)).code).toBe('COUPON_ALREADY_CLAIMED')
    expect(Claim.parse((await coupons.claim(other, id, 'mine')).json).sequence).toBe(2)
  })

  it('needs a member, a campaign there is, and a key of a fair length', async () => {
    const { id } = await coupons.open()
    expect((await coupons.call('POST', `coupons/campaigns/${id}/claims`)).status).toBe(401)
    expect((await coupons.claim(newMember(), newId('cmp', Date.now()))).code).toBe('NOT_FOUND')
    expect((await coupons.claim(newMember(), id, 'k'.repeat(256))).code).toBe('VALIDATION_FAILED')
  })

  it('that comes too late is told so, every time, and a winner’s retry still gets its coupon', async () => {
    const { id } = await coupons.open({ total: 2 })
    const winner = newMember()
    const first = await coupons.claim(winner, id, 'quick')
    await coupons.won(newMember(), id)
    const late = newMember()
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await coupons.claim(late, id, `late-${attempt}`)).code).toBe('COUPON_SOLD_OUT')
    expect((await coupons.claim(winner, id, 'quick')).text).toBe(first.text)
    expect((await coupons.claim(winner, id, 'slow')).code).toBe('COUPON_ALREADY_CLAIMED')
    expect(await coupons.mine(late)).toEqual([])
  })

  it('is found among the member’s coupons by who asks right after it', async () => {
    const { id } = await coupons.open()
    const members = Array.from({ length: 12 }, newMember)
    const found = await Promise.all(
      members.map(async (member) => {
        const { couponId } = await coupons.won(member, id)
        return (await coupons.mine(member)).map((coupon) => coupon.id).includes(couponId)
      }),
    )
    expect(found).toEqual(members.map(() => true))
  })

  it('may be made as often a day and in all as the campaign says', async () => {
    const { id } = await coupons.open({ perMemberADay: 3, perMemberInAll: 2 })
    const one = newMember()
    expect((await coupons.claim(one, id, 'a')).status).toBe(201)
    expect((await coupons.claim(one, id, 'b')).status).toBe(201)
    expect((await coupons.claim(one, id, 'c')).code).toBe('COUPON_ALREADY_CLAIMED')
  })
})

describe('a member’s coupons', () => {
  it('are listed by the page, the first to expire first, and are nobody else’s', async () => {
    const one = newMember()
    for (const validForDays of [9, 3, 6]) await coupons.won(one, (await coupons.open({ validForDays })).id)
    const first = Page.parse((await coupons.call('GET', 'me/coupons?limit=2', { as: one })).json)
    const rest = Page.parse(
      (await coupons.call('GET', `me/coupons?limit=2&cursor=${first.nextCursor}`, { as: one })).json,
    )
    const ends = [...first.items, ...rest.items].map(({ expiresAt }) => expiresAt)
    expect([ends.length, rest.nextCursor]).toEqual([3, null])
    expect(ends).toEqual(ends.toSorted())
    expect(await coupons.mine(newMember())).toEqual([])
    const foreign = await coupons.call('GET', `me/coupons?cursor=${first.nextCursor}`, { as: newMember() })
    expect(foreign.code).toBe('CURSOR_INVALID')
  })

  it('end when their member leaves, also the one a purchase holds', async () => {
    const one = newMember()
    const [usable, held] = [await won(one), await won(one)]
    const trade = newTrade()
    await coupons.rpc.hold(held.couponId, one, trade)
    await leaves(one)
    await coupons.rpc.release(held.couponId, trade)
    const states = (await coupons.mine(one, '?state=expired')).map(({ id }) => id)
    expect(states.toSorted()).toEqual([usable.couponId, held.couponId].toSorted())
  })
})

const won = async (member: MemberId) => await coupons.won(member, (await coupons.open()).id)

/** The withdrawal is delivered twice. */
async function leaves(memberId: MemberId): Promise<void> {
  await coupons.mine(memberId)
  const fact: MadangEvent = {
    ...{ id: newId('evt', Date.now()), v: 1, at: Date.now(), type: 'member.withdrawn' },
    ...{ aggregateId: memberId, version: 1, actorId: memberId, requestId: 'req-leaving', data: { memberId } },
  }
  for (let times = 0; times < 2; times++)
    expect(await coupons.deliver([{ id: newId('evt', Date.now()), body: fact }])).toEqual([])
}

describe('the figures of a campaign', () => {
  it('tell operators what was given out, used and what it cost', async () => {
    const { id, day } = await coupons.open()
    const [used, kept] = [newMember(), newMember()]
    const { couponId } = await coupons.won(used, id)
    await coupons.won(kept, id)
    const trade = newTrade()
    await coupons.rpc.hold(couponId, used, trade)
    await coupons.rpc.redeem(couponId, trade)
    await coupons.mine(kept)
    const path = `operator/coupons/campaigns/${id}/figures`
    const figures = await coupons.call('GET', path, { as: OPERATOR, role: 'operator' })
    expect(figures.json).toMatchObject({ discounted: 3_000, days: [{ day, issued: 2, used: 1, expired: 0 }] })
    expect((await coupons.call('GET', path, { as: used })).status).toBe(403)
  })
})
