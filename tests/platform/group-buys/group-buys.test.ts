import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupBuy, GroupBuyCard, MyGroupBuy } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { DAY_MS, HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually, unique } from '../../support/platform.ts'
import { type GroupBuysAlone, inHours, newMember, startGroupBuys } from './alone.ts'
import { BOXES } from './yard.ts'

const CTX = {
  actor: { kind: 'worker', worker: 'payments' },
  requestId: 'req-test',
  idempotencyKey: 'test',
} as const

let yard: GroupBuysAlone
let host: MemberId
beforeAll(async () => {
  yard = await startGroupBuys()
  host = newMember()
})
afterAll(() => yard.close())

const read = async (id: string) => GroupBuy.parse((await yard.call('GET', `group-buys/${id}`)).json)
const listed = async (query: string): Promise<GroupBuyCard[]> =>
  pageOf(GroupBuyCard).parse((await yard.call('GET', `group-buys?${query}`)).json).items

describe('opening a group buy', () => {
  it('shows it to everybody, with its host’s own units in it', async () => {
    const { id } = await yard.open(host, { keywords: ['귤'], shopUnitPrice: 12_000, region: '망원동' })
    const answer = await yard.call('GET', `group-buys/${id}`)
    expect(answer.headers.get('cache-control')).toContain('s-maxage=1')
    expect(answer.json).toMatchObject({
      ...{ title: BOXES.title, filledUnits: 2, remainingUnits: 8, members: 0, state: 'recruiting' },
      ...{ pickup: { place: BOXES.pickup, slots: [] }, keywords: ['귤'], shopUnitPrice: 12_000 },
      hostRecord: { settled: 0, failed: 0, cancelled: 0 },
    })
  })

  it('under the same key opens one; under no token none; a deadline too near or too far is refused', async () => {
    const key = unique('k')
    const json = { ...BOXES, deadline: inHours(24) }
    const [first, second] = [
      await yard.call('POST', 'group-buys', { as: host, json, key }),
      await yard.call('POST', 'group-buys', { as: host, json, key }),
    ]
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect((await yard.call('POST', 'group-buys', { json })).status).toBe(401)
    for (const hours of [0.1, 61 * 24]) {
      const refused = await yard.call('POST', 'group-buys', {
        as: host,
        json: { ...json, deadline: inHours(hours) },
      })
      expect([refused.status, refused.code]).toEqual([422, 'DEADLINE_INVALID'])
    }
    for (const wrong of [{ minUnits: 11 }, { hostUnits: 10 }, { unknown: 1 }, { productUrl: 'javascript:1' }])
      expect((await yard.call('POST', 'group-buys', { as: host, json: { ...json, ...wrong } })).status).toBe(
        400,
      )
  })

  it('hangs its photos, and refuses a stranger’s', async () => {
    const imageIds = [newId('img', Date.now()), newId('img', Date.now())]
    const opened = await yard.open(host, { imageIds })
    expect(opened.images.map(({ id }) => id)).toEqual(imageIds)
    const theirs = newId('img', Date.now())
    await yard.tell({ kind: 'stranger', imageId: theirs })
    const json = { ...BOXES, deadline: inHours(24), imageIds: [theirs] }
    expect((await yard.call('POST', 'group-buys', { as: host, json })).code).toBe('IMAGE_NOT_YOURS')
  })
})

describe('finding group buys', () => {
  it('by words, by nearness, by what ends first and has the fewest left, page by page', async () => {
    const here = { lat: 35.1, lng: 129.03 }
    const near = `near=${here.lat},${here.lng}&radiusKm=3`
    const [first, second] = [
      await yard.open(host, { title: '부산 어묵 세트', location: here, deadline: inHours(30), hostUnits: 5 }),
      await yard.open(host, { title: '부산 밀면', location: { ...here, lat: 35.11 }, deadline: inHours(20) }),
    ]
    const ids = async (query: string) => (await listed(query)).map(({ id }) => id)
    expect(await ids(`${near}`)).toEqual([second.id, first.id])
    expect(await ids(`${near}&sort=ending`)).toEqual([second.id, first.id])
    expect(await ids(`${near}&sort=remaining`)).toEqual([first.id, second.id])
    expect(await ids(`${near}&sort=distance`)).toEqual([first.id, second.id])
    expect(await ids(`q=${encodeURIComponent('어묵')}`)).toEqual([first.id])
    expect(await ids('near=33.5,126.5&radiusKm=3')).toEqual([])
    const page = await yard.call('GET', `group-buys?${near}&limit=1`)
    const { nextCursor } = pageOf(GroupBuyCard).parse(page.json)
    expect(await ids(`${near}&limit=1&cursor=${nextCursor}`)).toEqual([first.id])
    expect((await yard.call('GET', `group-buys?limit=1&cursor=${nextCursor}`)).code).toBe('CURSOR_INVALID')
    expect((await yard.call('GET', 'group-buys?sort=distance')).code).toBe('VALIDATION_FAILED')
  })

  it('among mine: those I host and those I am in', async () => {
    const [me, member] = [newMember(), await yard.rich()]
    const { id } = await yard.open(me)
    await yard.join(member, id, 2)
    await eventually(async () => expect((await read(id)).members).toBe(1))
    const mine = async (as: MemberId, role: string) =>
      pageOf(GroupBuyCard)
        .parse((await yard.call('GET', `me/group-buys?role=${role}`, { as })).json)
        .items.map((each) => each.id)
    expect(await mine(me, 'host')).toEqual([id])
    expect(await mine(me, 'member')).toEqual([])
    expect(await mine(member, 'member')).toEqual([id])
    const seen = MyGroupBuy.parse((await yard.call('GET', `group-buys/${id}/mine`, { as: member })).json)
    expect(seen).toMatchObject({ role: 'member', claim: { units: 2, held: 18_000 }, checkInCode: null })
    const others = await yard.call('GET', `group-buys/${id}/mine`, { as: newMember() })
    expect([others.status, others.code]).toEqual([404, 'NOT_FOUND'])
  })
})

describe('changing a group buy', () => {
  it('is its host’s, and of what members joined on only while nobody has', async () => {
    const member = await yard.rich()
    const { id } = await yard.open(host)
    const edit = (json: object, as = host) => yard.call('PATCH', `group-buys/${id}`, { as, json })
    expect((await edit({ title: '남의 것' }, newMember())).code).toBe('NOT_FOUND')
    expect((await edit({ unitPrice: 8_000, hostUnits: 3, title: '서귀포 한라봉' })).json).toMatchObject({
      ...{ unitPrice: 8_000, filledUnits: 3, title: '서귀포 한라봉' },
    })
    expect((await listed(`q=${encodeURIComponent('한라봉')}`)).map((each) => each.id)).toEqual([id])
    expect((await edit({ minUnits: 11 })).status).toBe(400)
    expect((await yard.join(member, id, 1)).json).toMatchObject({ units: 1, held: 8_000 })
    for (const terms of [
      { unitPrice: 9_000 },
      { totalUnits: 3 },
      { deadline: inHours(99) },
      { hostUnits: 0 },
    ])
      expect((await edit(terms)).code).toBe('GROUP_BUY_JOINED')
    const shop = { productUrl: 'https://shop.example/citrus', shopUnitPrice: 11_000 }
    expect((await edit(shop)).json).toMatchObject(shop)
    const nothing = { productUrl: null, shopUnitPrice: null }
    expect((await edit(nothing)).json).toMatchObject(nothing)
    expect((await edit({ description: '더 달아요', pickup: '시청 앞' })).json).toMatchObject({
      ...{ description: '더 달아요', pickup: { place: '시청 앞' } },
    })
  })
})

describe('the time of a group buy', () => {
  it('reminds once of each hour that comes, a late tick of the latest only', async () => {
    const { id } = await yard.open(host, { deadline: inHours(30) })
    const reminded = async () =>
      (await yard.factsOf(id)).flatMap((fact) => (fact.type === 'group_buy.closing' ? [fact.data.hours] : []))
    await yard.tick(7 * HOUR_MS)
    await yard.tick(7 * HOUR_MS)
    expect(await reminded()).toEqual([24])
    await yard.tick(28 * HOUR_MS)
    expect(await reminded()).toEqual([24, 3])
  })

  it('waits for payments: a settlement cut off in the middle is finished by the tick, each share once', async () => {
    const me = newMember()
    const [one, other] = [await yard.rich(), await yard.rich()]
    const { id } = await yard.open(me, { hostUnits: 8 })
    await yard.join(one, id, 1)
    await yard.join(other, id, 1)
    await eventually(async () => expect((await read(id)).state).toBe('filled'))
    const act = (path: string, json: object = {}) =>
      yard.call('POST', `group-buys/${id}/${path}`, { as: me, json })
    expect((await act('receipt', { goods: 85_000, shipping: 1 })).status).toBe(200)
    expect((await act('arrival')).status).toBe(200)
    await yard.tell({ kind: 'payments', is: 'losing answers' })
    await yard.tick(8 * DAY_MS)
    await yard.tick(8 * DAY_MS)
    expect((await read(id)).state).toBe('handing_over')
    await yard.tell({ kind: 'payments', is: 'up' })
    await yard.tick(8 * DAY_MS)
    await eventually(async () => expect((await read(id)).state).toBe('settled'))
    const { wallets } = await yard.tell({ kind: 'wallets', of: [one, other, me] })
    expect(wallets).toEqual([
      { total: 191_500, held: 0 },
      { total: 191_500, held: 0 },
      { total: 17_000, held: 0 },
    ])
    expect((await read(id)).hostRecord.settled).toBe(1)
    expect(await yard.rpc.states(CTX, [id])).toEqual({
      ok: true,
      value: [{ id, state: 'settled', isOver: true }],
    })
  })
})

describe('a check-in', () => {
  it('takes the members’ codes only, and not ever more guesses', async () => {
    const [me, member] = [newMember(), await yard.rich()]
    const { id } = await yard.open(me, { hostUnits: 8 })
    await yard.join(member, id, 2)
    await eventually(async () => expect((await read(id)).state).toBe('filled'))
    const act = (path: string, json: object = {}, as = me) =>
      yard.call('POST', `group-buys/${id}/${path}`, { as, json })
    await act('receipt', { goods: 90_000, shipping: 0 })
    await act('arrival')
    const mine = MyGroupBuy.parse((await yard.call('GET', `group-buys/${id}/mine`, { as: member })).json)
    const wrong = mine.checkInCode === '0000' ? '1111' : '0000'
    expect((await act('check-ins', { code: mine.checkInCode }, member)).code).toBe('NOT_FOUND')
    for (let guess = 0; guess < 20; guess++)
      expect((await act('check-ins', { code: wrong })).code).toBe('CHECK_IN_CODE_WRONG')
    const stopped = await act('check-ins', { code: wrong })
    expect([stopped.status, stopped.code]).toEqual([429, 'TOO_MANY_REQUESTS'])
  })
})

describe('what is heard of members', () => {
  it('renames a host; calls off what one who left has open, however often it is told', async () => {
    const me = newMember()
    const { id } = await yard.open(me)
    await yard.hear('member.profile_changed', me, { nickname: '새 이름', photoId: null })
    expect((await read(id)).host.nickname).toBe('새 이름')
    expect(await yard.hear('member.withdrawn', me, {}, 2)).toEqual([])
    await eventually(async () =>
      expect(await read(id)).toMatchObject({ state: 'cancelled', host: { nickname: '떠난 이웃' } }),
    )
    const refused = await yard.call('POST', 'group-buys', {
      as: me,
      json: { ...BOXES, deadline: inHours(24) },
    })
    expect(refused.code).toBe('SESSION_ENDED')
  })
})
