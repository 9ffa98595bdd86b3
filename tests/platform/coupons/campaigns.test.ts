import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Campaign, CampaignPulse } from '#contracts/coupons'
import { DAY_MS, HOUR_MS, townDay } from '#kit/clock'
import { type CouponsAlone, newMember, OPERATOR, requestOf, startCoupons } from './alone.ts'

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

const Page = z.object({ items: z.array(Campaign), nextCursor: z.string().nullable() })
const asOperator = { as: OPERATOR, role: 'operator' } as const
const once = (opensInMs: number, closesInMs: number) => ({
  kind: 'once',
  opensAt: new Date(Date.now() + opensInMs).toISOString(),
  closesAt: new Date(Date.now() + closesInMs).toISOString(),
})

describe('a campaign', () => {
  it('is opened by an operator alone, and once however often the request is repeated', async () => {
    const json = requestOf()
    const member = await coupons.call('POST', 'coupons/campaigns', { as: newMember(), json })
    expect([member.status, member.code]).toEqual([403, 'FORBIDDEN'])
    expect((await coupons.call('POST', 'coupons/campaigns', { json })).status).toBe(401)
    const [first, again] = [
      await coupons.call('POST', 'coupons/campaigns', { ...asOperator, json, key: 'open-once' }),
      await coupons.call('POST', 'coupons/campaigns', { ...asOperator, json, key: 'open-once' }),
    ]
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
    expect(Campaign.parse(first.json)).toMatchObject({ state: 'open', remaining: 100, perMemberADay: 1 })
  })

  it.each([
    ['closes before it opens', { rhythm: once(HOUR_MS, HOUR_MS / 2) }],
    ['is past', { rhythm: once(-2 * HOUR_MS, -HOUR_MS) }],
    [
      'begins on a day no calendar has',
      { rhythm: { kind: 'daily', opensAtTime: '13:00', from: '2027-02-30', until: '2027-03-01' } },
    ],
    [
      'ends before it begins',
      { rhythm: { kind: 'daily', opensAtTime: '13:00', from: '2030-02-02', until: '2030-02-01' } },
    ],
    [
      'opens at no time of day',
      { rhythm: { kind: 'daily', opensAtTime: '24:00', from: '2030-02-01', until: '2030-02-02' } },
    ],
    ['gives nothing', { total: 0 }],
    ['takes more than all off', { discount: { kind: 'percent', percent: 101, cap: 1 } }],
    ['takes a fraction off', { discount: { kind: 'amount', amount: 0.5 } }],
    ['says what nobody asked', { state: 'running' }],
  ])('that %s is refused', async (_what, over) => {
    const answer = await coupons.call('POST', 'coupons/campaigns', {
      ...asOperator,
      json: { ...requestOf(), ...over },
    })
    expect([answer.status, answer.code]).toEqual([400, 'VALIDATION_FAILED'])
  })

  it('is listed with what can be had first, then what comes, then what is over', async () => {
    const coming = await coupons.open({ rhythm: once(HOUR_MS, 2 * HOUR_MS) })
    const open = await coupons.open()
    const ended = await coupons.open()
    await coupons.edit(ended.id, { state: 'ended' })
    const { items } = Page.parse((await coupons.call('GET', 'coupons/campaigns?limit=50')).json)
    const places = [open.id, coming.id, ended.id].map((id) => items.findIndex((item) => item.id === id))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    const first = Page.parse((await coupons.call('GET', 'coupons/campaigns?limit=1')).json)
    const second = await coupons.call('GET', `coupons/campaigns?limit=1&cursor=${first.nextCursor}`)
    expect(Page.parse(second.json).items[0]?.id).not.toBe(first.items[0]?.id)
    expect((await coupons.call('GET', 'coupons/campaigns?cursor=forged')).code).toBe('CURSOR_INVALID')
  })

  it('tells whoever watches what is left and what time it is, for a second', async () => {
    const { id } = await coupons.open({ total: 3 })
    await coupons.won(newMember(), id)
    await expect
      .poll(
        async () =>
          CampaignPulse.parse((await coupons.call('GET', `coupons/campaigns/${id}/pulse`)).json).remaining,
      )
      .toBe(2)
    const answer = await coupons.call('GET', `coupons/campaigns/${id}/pulse`)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1')
    const clock = await coupons.call('GET', 'coupons/clock')
    expect(clock.headers.get('cache-control')).toBe('no-store')
    expect(
      Math.abs(Date.parse(z.object({ now: z.string() }).parse(clock.json).now) - Date.now()),
    ).toBeLessThan(HOUR_MS)
  })

  it('of every day tells today’s window, and the first one until it has begun', async () => {
    const tomorrow = townDay(Date.now() + DAY_MS)
    const rhythm = {
      kind: 'daily',
      opensAtTime: '13:00',
      from: tomorrow,
      until: townDay(Date.now() + 9 * DAY_MS),
    }
    const campaign = await coupons.open({ rhythm })
    expect(campaign).toMatchObject({ state: 'scheduled', day: tomorrow, remaining: 100 })
    expect(campaign.opensAt).toBe(new Date(`${tomorrow}T13:00:00+09:00`).toISOString())
    expect((await coupons.claim(newMember(), campaign.id)).code).toBe('COUPON_NOT_OPEN')
  })

  it('gives out nothing from the answer on that paused it, and goes on where it was', async () => {
    const { id } = await coupons.open()
    const winner = newMember()
    const first = await coupons.claim(winner, id, 'before the pause')
    expect(Campaign.parse((await coupons.edit(id, { state: 'paused' })).json).state).toBe('paused')
    expect((await coupons.claim(newMember(), id)).code).toBe('CAMPAIGN_PAUSED')
    expect((await coupons.claim(winner, id, 'before the pause')).text).toBe(first.text)
    expect(await coupons.mine(winner)).toHaveLength(1)
    await coupons.edit(id, { state: 'running' })
    expect((await coupons.won(newMember(), id)).sequence).toBe(2)
  })

  it('that ended stays ended', async () => {
    const { id } = await coupons.open()
    await coupons.edit(id, { state: 'ended' })
    expect((await coupons.claim(newMember(), id)).code).toBe('CAMPAIGN_ENDED')
    expect((await coupons.edit(id, { state: 'running' })).code).toBe('CAMPAIGN_ENDED')
    expect((await coupons.edit(id, { title: '다른 이름' })).status).toBe(200)
  })

  it('keeps its terms even from a hand in the database', async () => {
    const { id } = await coupons.open({ total: 1 })
    await expect(
      coupons.db.prepare('UPDATE campaigns SET total = 9 WHERE id = ?').bind(id).run(),
    ).rejects.toThrow(/terms/)
    await coupons.won(newMember(), id)
    await coupons.tick()
    await expect(
      coupons.db
        .prepare(
          `INSERT INTO coupons (id, campaign_id, day, sequence, member_id, title, issued_at_ms, expires_at_ms, previous, hash)
SELECT 'cpn_more', campaign_id, day, 2, member_id, title, issued_at_ms, expires_at_ms, hash, previous FROM coupons WHERE campaign_id = ?`,
        )
        .bind(id)
        .run(),
    ).rejects.toThrow(/more coupons/)
  })
})
