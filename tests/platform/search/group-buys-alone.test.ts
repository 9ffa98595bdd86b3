import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { findPage } from '../../../workers/search/find.store.ts'
import { matchOf, wordsOf } from '../../../workers/search/query.rules.ts'
import { GROUP_BUYS } from '../../../workers/search/shelves.ts'
import { posted, type Question, type Search, startSearch } from './alone.ts'
import { changedFact, openedFact } from './group-buy-facts.ts'

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())

const titles = async (question: Question) => (await search.findBuys(question)).items.map(({ title }) => title)

describe('the words of a group buy', () => {
  beforeAll(() =>
    search.hear([
      openedFact({ title: '유기농감귤주스 12병' }),
      openedFact({ title: '쌀 20kg 나눔', keywords: ['햅쌀', '감귤아님'] }),
      openedFact({ title: 'Olive오일 1L', description: '스페인에서 와요.\n감귤 향은 없어요.' }),
      openedFact({ title: '화장지 30롤' }),
      posted({ title: '감귤 모양 쿠션' }),
    ]),
  )

  test.each([
    [
      'a two-syllable word inside a compound, titles first',
      '감귤',
      ['유기농감귤주스 12병', 'Olive오일 1L', '쌀 20kg 나눔'],
    ],
    ['spaces the host did not set', '유기농 주스', ['유기농감귤주스 12병']],
    ['spaces the reader did not set', '화장지30롤', ['화장지 30롤']],
    ['mixed scripts in other case', 'OLIVE오일', ['Olive오일 1L']],
    ['one syllable', '롤', ['화장지 30롤']],
    ['a keyword', '햅쌀', ['쌀 20kg 나눔']],
    ['nothing that runs from one keyword into the next', '쌀감', []],
    ['first consonants', 'ㅎㅈㅈ', ['화장지 30롤']],
    ['nothing of listings', '쿠션', []],
  ])('find %s', async (_, q, found) => {
    expect(await titles({ q })).toEqual(found)
  })

  test('leave listings as they were: a search for things finds things only', async () => {
    expect((await search.find({ q: '감귤' })).items.map(({ title }) => title)).toEqual(['감귤 모양 쿠션'])
  })

  test('stand marked in the title, typed on the wrong keyboard too', async () => {
    const { items, correctedQuery, total } = await search.findBuys({ q: 'ghkwkdwl' })
    expect({ correctedQuery, total }).toEqual({ correctedQuery: '화장지', total: 1 })
    expect(items[0]?.highlights).toEqual([[0, 3]])
  })

  test('are offered while someone types', async () => {
    expect(await search.suggest('유기농감')).toEqual([{ text: '유기농감귤주스', kind: 'title' }])
  })
})

describe('the filters of group buys', () => {
  const seoul = { lat: 37.556, lng: 126.902 }
  const busan = { lat: 35.18, lng: 129.075 }
  beforeAll(() =>
    search.hear([
      openedFact({ title: '거름 세제', category: 'living', location: seoul }),
      openedFact({ title: '거름 쌀', category: 'food', location: { lat: 37.56, lng: 126.91 } }),
      openedFact({ title: '거름 어묵', category: 'food', location: busan }),
      openedFact({ title: '거름 다 찬 것', category: 'food', state: 'filled', filledUnits: 10 }),
      openedFact({ title: '거름 정산된 것', state: 'settled' }),
      openedFact({ title: '거름 때가 지난 것', deadlineMs: Date.now() - 1 }),
    ]),
  )

  test.each<[string, Question, string[]]>([
    ['none: what can be joined', {}, ['거름 어묵', '거름 쌀', '거름 세제']],
    ['a category', { category: 'food' }, ['거름 어묵', '거름 쌀']],
    ['a state', { state: 'filled' }, ['거름 다 찬 것']],
    ['a state and a category', { state: 'filled', category: 'living' }, []],
    ['a place', { near: '37.556,126.902', radiusKm: '3' }, ['거름 쌀', '거름 세제']],
    ['a far place', { near: '35.18,129.07', radiusKm: '100' }, ['거름 어묵']],
  ])('by %s', async (_, filters, found) => {
    const reply = await search.findBuys({ q: '거름', sort: 'newest', ...filters })
    expect(reply.items.map(({ title }) => title)).toEqual(found)
    expect(reply).toMatchObject({ total: found.length, totalIsCapped: false })
  })

  test('near a place it says how far, rounded up, and nothing of where', async () => {
    const { items } = await search.findBuys({ q: '거름 쌀', near: '37.556,126.902' })
    expect(items[0]?.distanceKm).toBe(0.9)
    expect(JSON.stringify(items)).not.toContain('37.56')
  })
})

describe('the sorts of group buys', () => {
  const COUNT = 31
  const soon = Date.now() + HOUR_MS
  const buys = Array.from({ length: COUNT }, (_, index) =>
    openedFact({
      title: index % 3 === 0 ? '순서 찻잔' : `화분 ${index}`,
      description: index % 3 === 0 ? '예뻐요' : '순서 안 된 것',
      deadlineMs: soon + ((index * 7) % 4),
      filledUnits: 2 + ((index * 5) % 6),
      location: { lat: 37.5 + (index % 6) / 1000, lng: 127 },
    }),
  )
  beforeAll(() => search.hear(buys))
  const key: Record<string, (index: number) => number> = {
    relevance: (index) => (index % 3 === 0 ? 0 : 1),
    newest: () => 0,
    ending: (index) => buys[index]?.data.deadlineMs ?? 0,
    remaining: (index) => -(buys[index]?.data.filledUnits ?? 0),
    distance: (index) => index % 6,
  }

  test.each(Object.entries(key))('paging by %s visits each exactly once, in order', async (sort, keyOf) => {
    const seen: number[] = []
    let cursor: string | null = null
    do {
      const question = { q: '순서', sort, limit: '4', near: '37.5,127', radiusKm: '10' }
      const reply = await search.findBuys({ ...question, ...(cursor === null ? {} : { cursor }) })
      expect(reply.total).toBe(COUNT)
      seen.push(...reply.items.map(({ id }) => buys.findIndex(({ data }) => data.id === id)))
      cursor = reply.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual([...buys.keys()].sort((a, b) => keyOf(a) - keyOf(b) || b - a))
  })

  test.each(['ending', 'remaining'] as const)(
    'the order by %s is the same whether hits are sorted or its index is walked',
    async (sort) => {
      const { everywhere: match } = matchOf(wordsOf('순서'), [])
      const ids = async (kind: 'sort_hits' | 'walk_index') => {
        const page = findPage(search.DB, GROUP_BUYS, { kind, sort, match, after: null }, {}, 50, null)
        return (await page.first<string>('page'))?.match(/gb_\w+/g)
      }
      const sorted = await ids('sort_hits')
      expect(sorted).toHaveLength(COUNT)
      expect(await ids('walk_index')).toEqual(sorted)
    },
  )

  test('a cursor is good for its own question only', async () => {
    const { nextCursor } = await search.findBuys({ q: '순서', limit: '2' })
    const again = { q: '순서', limit: '2', cursor: nextCursor ?? '' }
    expect((await search.findBuys(again)).items).toHaveLength(2)
    const other = [
      { ...again, sort: 'ending' },
      { ...again, q: '화분' },
      { ...again, state: 'filled' },
    ]
    for (const question of other)
      expect(await search.refused(question, 'search/group-buys')).toEqual(INVALID_CURSOR)
    expect(await search.refused(again)).toEqual(INVALID_CURSOR)
  })
  const INVALID_CURSOR = { status: 400, code: 'CURSOR_INVALID' }
})

describe('a group buy that changes', () => {
  test('shows what is left as it is told, finds by its new words and no more by the old', async () => {
    const first = openedFact({ title: '바뀌는 사과' })
    await search.hear([first, changedFact(first, 2, { filledUnits: 7, members: 3, waiting: 1 })])
    const [item] = (await search.findBuys({ q: '바뀌는' })).items
    expect(item).toMatchObject({
      filledUnits: 7,
      remainingUnits: 3,
      members: 3,
      waiting: 1,
      title: '바뀌는 사과',
    })
    await search.hear([changedFact(first, 3, { title: '바뀐 배', keywords: ['나주'] })])
    expect(await titles({ q: '사과' })).toEqual([])
    expect(await titles({ q: '나주' })).toEqual(['바뀐 배'])
    expect((await search.suggest('바뀌는')).map(({ text }) => text)).toEqual([])
  })

  test('shows its host’s newest face', async () => {
    const first = openedFact({ title: '얼굴 바뀌는 집' })
    const { memberId } = first.data.host
    const about = { aggregateId: memberId, actorId: memberId, requestId: 'test' }
    const photoId = newId('img', 1)
    const face = { memberId, nickname: '새이름', photoId }
    const renamed = eventOf({ ...about, type: 'member.profile_changed', version: 5, data: face }, Date.now())
    await search.hear([first, renamed, changedFact(first, 2, { members: 1 })])
    const [item] = (await search.findBuys({ q: '얼굴 바뀌는' })).items
    expect(item?.host).toMatchObject({ id: memberId, nickname: '새이름' })
    expect(item?.host.photo?.thumb).toContain(photoId)
  })

  test('is found no more once it is over, whatever is heard of it later, and its words are not offered', async () => {
    const first = openedFact({ title: '끝나는 모임구매' })
    const over = changedFact(first, 9, { state: 'cancelled' })
    await search.hear([first, over, changedFact(first, 4, { members: 4 })])
    expect(await titles({ q: '끝나는' })).toEqual([])
    expect(await search.suggest('모임구')).toEqual([])
  })
})

describe('bad questions about group buys', () => {
  test.each<[string, Question]>([
    ['no words', {}],
    ['too many letters', { q: 'a'.repeat(61) }],
    ['a state that is an end', { q: '귤', state: 'settled' }],
    ['a sort of listings', { q: '귤', sort: 'price_asc' }],
    ['a category nobody has', { q: '귤', category: 'houses' }],
    ['a place off the map', { q: '귤', near: '91,0' }],
    ['a radius too wide', { q: '귤', near: '1,1', radiusKm: '101' }],
    ['nearest to nowhere', { q: '귤', sort: 'distance' }],
    ['too long a page', { q: '귤', limit: '51' }],
  ])('%s are refused', async (_, question) => {
    expect(await search.refused(question, 'search/group-buys')).toEqual({
      status: 400,
      code: 'VALIDATION_FAILED',
    })
  })

  test.each(['"', 'title:귤', '귤 OR 쌀', 'NEAR(귤 쌀)', ') AND (', '%_%', '👍', ';DROP TABLE buys', 'ㅁ'])(
    '%s is answered',
    async (q) => {
      expect((await search.get(`search/group-buys?${new URLSearchParams({ q })}`)).status).toBe(200)
    },
  )
})
