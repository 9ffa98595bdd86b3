import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Campaign } from '#contracts/coupons'
import { DAY_MS, HOUR_MS } from '#kit/clock'
import { type CouponsAlone, newMember, startCoupons } from './alone.ts'

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

const stateOf = async (id: string) =>
  Campaign.parse((await coupons.call('GET', `coupons/campaigns/${id}`)).json).state

describe('the audit of coupons', () => {
  it('finds nothing in a day that is sound, and seals it when it is over', async () => {
    const campaign = await coupons.open({ total: 2 })
    await coupons.won(newMember(), campaign.id)
    await coupons.won(newMember(), campaign.id)
    await coupons.tick()
    await coupons.tick()
    expect(await coupons.incidents()).toEqual([])
    const row = await coupons.db
      .prepare('SELECT seal, sealed_head = head AS same FROM campaign_days WHERE campaign_id = ?')
      .bind(campaign.id)
      .first<{ seal: string; same: number }>()
    expect(row?.seal.split('.')).toHaveLength(3)
    expect(row?.same).toBe(1)
  })

  it('reports a coupon that vanished from the database and pauses that campaign alone', async () => {
    const [off, sound] = [await coupons.open(), await coupons.open()]
    for (const { id } of [off, off, sound]) await coupons.won(newMember(), id)
    await coupons.tick()
    await coupons.db.prepare('DELETE FROM coupons WHERE campaign_id = ? AND sequence = 1').bind(off.id).run()
    await coupons.tick()
    await coupons.tick()
    const found = (await coupons.incidents()).filter(({ key }) => key.includes(off.id))
    expect(found.map(({ invariant }) => invariant)).toEqual(['coupon_projection_matches'])
    expect([await stateOf(off.id), await stateOf(sound.id)]).toEqual(['paused', 'open'])
    expect((await coupons.claim(newMember(), off.id)).code).toBe('CAMPAIGN_PAUSED')
    expect((await coupons.claim(newMember(), sound.id)).status).toBe(201)
  })
})

describe('a coupon that ends soon', () => {
  it('is told of a day before, once however often the tick comes; then it ends', async () => {
    const member = newMember()
    const { id } = await coupons.open({ validForDays: 3 })
    const { couponId } = await coupons.won(member, id)
    await coupons.tick()
    expect(await coupons.factsOf(couponId)).toEqual([])
    await coupons.tick(2 * DAY_MS + HOUR_MS)
    await coupons.tick(2 * DAY_MS + HOUR_MS)
    expect(await coupons.factsOf(couponId)).toMatchObject([
      { type: 'coupon.expiring', actorId: null, data: { couponId, campaignId: id, memberId: member } },
    ])
    await coupons.tick(3 * DAY_MS + HOUR_MS)
    expect((await coupons.mine(member, '?state=expired')).map((coupon) => coupon.id)).toEqual([couponId])
    expect(await coupons.mine(member)).toEqual([])
  })

  it('that is only good for a day is not told of the moment it is won', async () => {
    const { couponId } = await coupons.won(newMember(), (await coupons.open({ validForDays: 1 })).id)
    await coupons.tick()
    expect(await coupons.factsOf(couponId)).toEqual([])
  })
})
