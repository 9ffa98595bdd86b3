import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '#contracts/errors'
import { GroupBuyCard } from '#contracts/group-buys'
import { pageOf } from '#contracts/page'
import { type GroupBuyHit, GroupBuySearchReply } from '#contracts/search'
import { eventually, type OwnPlatform, startPlatform, unique } from '../../support/platform.ts'
import { yardOf } from '../group-buys/yard.ts'

/** Group buys are found by search beside listings, and follow what happens to them; either side stands without the other. */
let platform: OwnPlatform
let yard: ReturnType<typeof yardOf>
beforeAll(async () => {
  platform = await startPlatform({ stoppable: true })
  yard = yardOf(platform)
})
afterAll(() => platform.close())

async function find(question: Record<string, string>): Promise<GroupBuySearchReply> {
  const reply = await platform.call('GET', `search/group-buys?${new URLSearchParams(question)}`)
  if (reply.status !== 200) throw new Error(`search answered ${reply.status}: ${reply.text}`)
  return GroupBuySearchReply.parse(reply.json)
}
const idsOf = async (q: string, more = {}) => (await find({ q, ...more })).items.map(({ id }) => id)

/** What search says of it, once it says so. */
const until = (q: string, id: string, shown: Partial<GroupBuyHit>): Promise<GroupBuyHit> =>
  eventually(async () => {
    const item = (await find({ q })).items.find((each) => each.id === id)
    if (!item) throw new Error(`${id} is not found by ${q}`)
    expect(item).toMatchObject(shown)
    return item
  })
const gone = (q: string, id: string) => eventually(async () => expect(await idsOf(q)).not.toContain(id))

describe('a group buy among the results of a search', () => {
  test('is there as soon as it is opened, as its card shows it, under a word inside a compound', async () => {
    const host = await yard.rich()
    const location = { lat: 37.5563, lng: 126.9019 }
    const opened = await yard.open(host, {
      ...{ title: '무농약귤박스 나눠요', keywords: ['감귤'], shopUnitPrice: 12_000, region: '망원동' },
      location,
    })
    const hit = await until('농약', opened.id, {})
    expect(hit.highlights).toEqual([[1, 3]])
    const card = GroupBuyCard.parse((await platform.call('GET', `group-buys/${opened.id}`)).json)
    expect(GroupBuyCard.parse(hit)).toEqual(card)
    expect(await idsOf('감귤', { near: '37.556,126.902', radiusKm: '1' })).toEqual([opened.id])
    expect(await idsOf('감귤', { near: '35.1,129', radiusKm: '1' })).toEqual([])
    // Search for things answers things, as ever.
    const things = await platform.call('GET', `search?${new URLSearchParams({ q: '농약' })}`)
    expect(things.json).toMatchObject({ items: [], total: 0, degraded: false })
  })

  test('is a public reply, kept no longer than a second', async () => {
    const reply = await platform.call('GET', `search/group-buys?${new URLSearchParams({ q: '귤' })}`)
    expect(reply.headers.get('cache-control')).toContain('public')
  })

  test('says what is left as people join and leave, and is no longer there once it is full', async () => {
    const [host, one, two] = [await yard.rich(), await yard.rich(), await yard.rich()]
    const { id } = await yard.open(host, { title: '쌀나눔쌀 10kg', totalUnits: 6, minUnits: 2, hostUnits: 1 })
    await until('나눔', id, { remainingUnits: 5, members: 0 })
    await yard.join(one, id, 3)
    await until('나눔', id, { remainingUnits: 2, members: 1, filledUnits: 4 })
    await yard.as(one, 'DELETE', `group-buys/${id}/claim`)
    await until('나눔', id, { remainingUnits: 5, members: 0 })
    await yard.join(one, id, 2)
    await yard.join(two, id, 3)
    await gone('나눔', id)
    const filled = (await find({ q: '나눔', state: 'filled' })).items
    expect(filled.map((hit) => [hit.id, hit.remainingUnits])).toEqual([[id, 0]])
    await yard.act(host, id, 'receipt', { goods: 40_000, shipping: 3_000 })
    await eventually(async () => expect(await idsOf('나눔', { state: 'purchasing' })).toEqual([id]))
  })

  test('is found by its new words once it was edited, and not at all once it is called off', async () => {
    const host = await yard.rich()
    const { id } = await yard.open(host, { title: '옛이름두부 한 판' })
    await until('이름두', id, {})
    const edit = { title: '새벽콩나물 한 봉', description: '아삭해요.' }
    expect((await yard.as(host, 'PATCH', `group-buys/${id}`, edit)).status).toBe(200)
    await until('콩나', id, { title: edit.title })
    await gone('이름두', id)
    expect((await yard.as(host, 'DELETE', `group-buys/${id}`)).status).toBe(204)
    await gone('콩나', id)
  })

  test('shows its host’s new name', async () => {
    const host = await yard.rich()
    const { id } = await yard.open(host, { title: '이름표붙은잼' })
    await until('붙은', id, {})
    const nickname = unique('새')
    expect((await yard.as(host, 'PATCH', 'me', { nickname })).status).toBe(200)
    const hit = await eventually(async () => {
      const [item] = (await find({ q: '붙은' })).items
      expect(item?.host.nickname).toBe(nickname)
      return item
    })
    expect(hit?.id).toBe(id)
  })

  test('leaves with a host who leaves', async () => {
    const host = await platform.signUp()
    const { id } = await yard.open(host, { title: '떠나는이의 김치' })
    await until('떠나는', id, {})
    expect((await yard.as(host, 'DELETE', 'me', { password: host.password })).status).toBeLessThan(300)
    await gone('떠나는', id)
  })
})

describe('with one side stopped', () => {
  test('search finds group buys while group-buys is stopped', async () => {
    const { id } = await yard.open(await yard.rich(), { title: '멈춤사과 한 상자' })
    await until('춤사', id, {})
    await platform.stop('group-buys')
    try {
      expect((await platform.call('GET', 'group-buys?limit=7')).status).toBeGreaterThanOrEqual(500)
      expect(await idsOf('춤사', { sort: 'ending' })).toEqual([id])
    } finally {
      await platform.start('group-buys')
    }
  })

  test('with search stopped the list of group buys answers its own words, and what was told is found when search is back', async () => {
    const host = await yard.rich()
    await platform.stop('search')
    const { id } = await yard.open(host, { title: '정전양초 묶음' })
    try {
      const reply = await platform.call('GET', `search/group-buys?${new URLSearchParams({ q: '양초' })}`)
      expect(reply.status).toBeGreaterThanOrEqual(500)
      expect(Problem.parse(reply.json).code).toBe('UNAVAILABLE')
      const listed = await platform.call('GET', `group-buys?${new URLSearchParams({ q: '전양' })}`)
      expect(
        pageOf(GroupBuyCard)
          .parse(listed.json)
          .items.map((card) => card.id),
      ).toEqual([id])
    } finally {
      await platform.start('search')
    }
    await until('전양', id, {})
  })
})
