import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPage } from '../../../workers/search/find.store.ts'
import { matchOf, wordsOf } from '../../../workers/search/query.rules.ts'
import { LISTINGS } from '../../../workers/search/shelves.ts'
import { posted, type Question, type Search, startSearch } from './alone.ts'
import { NEAR, ORDERS, placeOf, QUERY, WARES } from './sorted-wares.ts'

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())

const titles = async (question: Question) => (await search.find(question)).items.map(({ title }) => title)

describe('words', () => {
  beforeAll(() =>
    search.hear([
      posted({ title: '접이식 자전거거치대 팝니다' }),
      posted({ title: '원목책상 새것', description: '의자는 없어요' }),
      posted({ title: 'iPhone15프로 256GB' }),
      posted({ title: '회전의자', description: '자전거 거치대 옆에서 거래해요' }),
    ]),
  )

  test.each([
    ['a two-syllable word inside a compound', '치대', ['접이식 자전거거치대 팝니다', '회전의자']],
    ['spaces the writer did not set', '자전거 거치대', ['접이식 자전거거치대 팝니다', '회전의자']],
    ['spaces the reader did not set', '자전거거치대', ['접이식 자전거거치대 팝니다', '회전의자']],
    ['mixed scripts without a space', 'iphone15프로', ['iPhone15프로 256GB']],
    ['mixed scripts and other case', '프로 IPHONE', ['iPhone15프로 256GB']],
    ['one syllable', '책', ['원목책상 새것']],
    ['first consonants', 'ㅇㅁㅊㅅ', ['원목책상 새것']],
    ['titles before descriptions, whatever is newer', '의자', ['회전의자', '원목책상 새것']],
    ['nothing', '냉장고', []],
  ])('find %s', async (_, q, found) => {
    expect(await titles({ q })).toEqual(found)
  })

  test('the title says where the words stand', async () => {
    const { items } = await search.find({ q: '자전거 거치대' })
    expect(items[0]?.highlights.map(([start, end]) => items[0]?.title.slice(start, end))).toEqual([
      '자전거거치대',
    ])
    expect(items[1]?.highlights).toEqual([])
  })

  test.each([
    ['wkwjsrj', '자전거', 2],
    ['ㅑㅔㅙㅜㄷ', 'iphone', 1],
  ])('%s typed on the wrong keyboard is read as %s', async (q, correctedQuery, total) => {
    expect(await search.find({ q })).toMatchObject({ correctedQuery, total, degraded: false })
  })

  test('a word that is found as typed is not corrected', async () => {
    expect(await search.find({ q: 'iphone' })).toMatchObject({ correctedQuery: null, total: 1 })
  })
})

describe('filters', () => {
  const seoul = { lat: 37.556, lng: 126.902 }
  const nearby = { lat: 37.56, lng: 126.91 }
  const busan = { lat: 35.18, lng: 129.075 }
  beforeAll(() =>
    search.hear([
      posted({ title: '필터 책장 하나', category: 'furniture', price: 0, location: seoul }),
      posted({
        title: '필터 책장 둘',
        category: 'furniture',
        price: 30_000,
        location: nearby,
        status: 'sold',
      }),
      posted({ title: '필터 책 셋', category: 'books', price: 5_000, location: busan }),
      posted({ title: '필터 책 넷', category: 'books', price: 5_001 }),
      posted({ title: '필터 책 숨김', status: 'hidden' }),
    ]),
  )

  test.each<[string, Question, string[]]>([
    ['none', {}, ['필터 책 넷', '필터 책 셋', '필터 책장 둘', '필터 책장 하나']],
    ['category', { category: 'books' }, ['필터 책 넷', '필터 책 셋']],
    ['status', { status: 'sold' }, ['필터 책장 둘']],
    ['giveaways', { free: 'true' }, ['필터 책장 하나']],
    ['a highest price', { maxPrice: '5000' }, ['필터 책 셋', '필터 책장 하나']],
    ['a lowest price', { minPrice: '5001' }, ['필터 책 넷', '필터 책장 둘']],
    ['a range of prices', { minPrice: '1', maxPrice: '5000' }, ['필터 책 셋']],
    ['an upside-down range', { minPrice: '9000', maxPrice: '10' }, []],
    ['a place', { near: '37.556,126.902', radiusKm: '3' }, ['필터 책장 둘', '필터 책장 하나']],
    ['a place and a price', { near: '37.556,126.902', radiusKm: '3', free: 'true' }, ['필터 책장 하나']],
    ['a far place', { near: '35.18,129.07', radiusKm: '100' }, ['필터 책 셋']],
  ])('by %s', async (_, filters, found) => {
    const reply = await search.find({ q: '필터', sort: 'newest', ...filters })
    expect(reply.items.map(({ title }) => title)).toEqual(found)
    expect(reply).toMatchObject({ total: found.length, totalIsCapped: false })
  })

  test('by seller', async () => {
    const mine = posted({ title: '필터 내 것' })
    await search.hear([mine])
    expect(await titles({ q: '필터', sellerId: mine.data.seller.id })).toEqual(['필터 내 것'])
  })

  test('a search near a place says how far each thing is, and nothing of where', async () => {
    const { items } = await search.find({ q: '필터 둘', near: '37.556,126.902', radiusKm: '3' })
    expect(items[0]?.distanceKm).toBeCloseTo(0.8, 1)
    expect(JSON.stringify(items)).not.toContain('37.56')
  })

  test('sorting by distance needs a place', async () => {
    expect(await search.refused({ q: '필터', sort: 'distance' })).toEqual({
      status: 400,
      code: 'VALIDATION_FAILED',
    })
  })
})

describe('sorts', () => {
  beforeAll(() => search.hear(WARES))

  test.each(ORDERS)('paging by %s visits each listing exactly once, in order', async (sort, order) => {
    const pages = await search.pagesOf({ q: QUERY, sort, limit: '5', ...NEAR })
    expect(pages.map(({ total }) => total)).toEqual(pages.map(() => WARES.length))
    expect(pages.flatMap(({ items }) => items.map(placeOf))).toEqual(order)
  })

  test.each(['price_asc', 'price_desc', 'views', 'wishes'] as const)(
    'the order by %s is the same whether hits are sorted or its index is walked',
    async (sort) => {
      const { everywhere: match } = matchOf(wordsOf(QUERY), [])
      const ids = async (kind: 'sort_hits' | 'walk_index') => {
        const page = findPage(search.DB, LISTINGS, { kind, sort, match, after: null }, {}, 50, null)
        return (await page.first<string>('page'))?.match(/lst_\w+/g)
      }
      const sorted = await ids('sort_hits')
      expect(sorted).toHaveLength(WARES.length)
      expect(await ids('walk_index')).toEqual(sorted)
    },
  )
})

describe('cursors', () => {
  const first = () => search.find({ q: '정렬', limit: '2' })

  test.each<[string, Question]>([
    ['another sort', { q: '정렬', sort: 'newest' }],
    ['another query', { q: '화분' }],
    ['other filters', { q: '정렬', free: 'true' }],
  ])('one of %s is refused', async (_, question) => {
    const { nextCursor } = await first()
    expect(await search.refused({ ...question, limit: '2', cursor: nextCursor ?? '' })).toEqual({
      status: 400,
      code: 'CURSOR_INVALID',
    })
  })

  test.each(['x', 'AAAA', '%', 'ㅋ', 'bm90IG91cnMgYnV0IGxvbmcgZW5vdWdo'])(
    'a made-up one (%s) is refused',
    async (cursor) => {
      expect(await search.refused({ q: '정렬', cursor })).toEqual({ status: 400, code: 'CURSOR_INVALID' })
    },
  )

  test('pages of a corrected query go on as corrected', async () => {
    await search.hear([posted({ title: '쳇바퀴 하나' }), posted({ title: '쳇바퀴 둘' })])
    const q = 'cptqkznl'
    const one = await search.find({ q, limit: '1' })
    expect(one).toMatchObject({ correctedQuery: '쳇바퀴', total: 2 })
    const two = await search.find({ q, limit: '1', cursor: one.nextCursor ?? '' })
    expect([...one.items, ...two.items].map(({ title }) => title)).toEqual(['쳇바퀴 둘', '쳇바퀴 하나'])
    expect(two.nextCursor).toBeNull()
  })
})

describe('hostile queries', () => {
  test.each([
    '"',
    "'",
    '*',
    '^자전거',
    'title:자전거',
    '자전거 OR 책상',
    'NEAR(자전거 책상)',
    '{title body}',
    ') AND (',
    '-',
    '%_%',
    '자전거" OR "',
    'NOT',
    '\\',
    ';DROP TABLE grams',
    '한'.repeat(60),
    'a b c d e f g h i j k',
    '👍',
    'ﷺ',
    '½㎏',
  ])('%s is answered', async (q) => {
    expect((await search.get(`search?${new URLSearchParams({ q })}`)).status).toBe(200)
    expect((await search.get(`search/suggest?${new URLSearchParams({ q })}`)).status).toBe(200)
  })

  test.each(['a%00b', '%ED%A0%80', '%E2%80%AEabc', '%20', '', 'a'.repeat(61)])(
    'q=%s is refused or answered, never a failure',
    async (q) => {
      const { status } = await search.get(`search?q=${q}`)
      expect([200, 400]).toContain(status)
    },
  )

  test.each<[string, Question]>([
    ['limit', { q: '책', limit: '51' }],
    ['sort', { q: '책', sort: 'cheapest' }],
    ['near', { q: '책', near: '91,0' }],
    ['radiusKm', { q: '책', near: '1,1', radiusKm: '101' }],
    ['category', { q: '책', category: 'houses' }],
    ['minPrice', { q: '책', minPrice: '-1' }],
    ['q', {}],
  ])('a wrong %s is named', async (_, question) => {
    expect(await search.refused(question)).toEqual({ status: 400, code: 'VALIDATION_FAILED' })
  })
})

describe('suggestions and popular terms', () => {
  beforeAll(() =>
    search.hear([
      posted({ title: '캠핑의자 경량' }),
      posted({ title: '캠핑의자 릴렉스' }),
      posted({ title: '캠핑테이블' }),
      posted({ title: 'Brompton 자전차' }),
    ]),
  )

  test.each([
    ['캠', ['캠핑의자', '캠핑테이블']],
    ['캠ㅍ', ['캠핑의자', '캠핑테이블']],
    ['캠핑으', ['캠핑의자']],
    ['ㅋㅍㅇ', ['캠핑의자']],
    ['bromp', ['brompton']],
    ['zoaldxp', []],
    ['zoavldxp', ['캠핑테이블']],
    ['ㅠ개ㅡㅔ새ㅜ', ['brompton']],
  ])('while typing %s: %j', async (q, texts) => {
    expect((await search.suggest(q)).map(({ text }) => text)).toEqual(texts)
  })

  test('a term two visitors searched is popular, one that one visitor repeats is not', async () => {
    const as = (visitor: string, q: string) =>
      search.get(`search?${new URLSearchParams({ q })}`, { 'x-madang-visitor': visitor })
    for (const visitor of ['v1', 'v2', 'v3']) await as(visitor, '캠핑의자')
    for (const visitor of ['v1', 'v2']) await as(visitor, ' 캠핑  테이블')
    for (let time = 0; time < 3; time++) await as('v1', 'brompton')
    await as('v1', '010-1234-5678')
    await expect
      .poll(() => search.popular(), { timeout: 6_000 })
      .toEqual([
        { text: '캠핑의자', rank: 1 },
        { text: '캠핑 테이블', rank: 2 },
      ])
    expect(await search.suggest('캠핑 ㅌ')).toContainEqual({ text: '캠핑 테이블', kind: 'query' })
  })
})

test('a reply may be kept for a second and no longer', async () => {
  const { headers } = await search.get('search?q=%EC%B1%85')
  expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1')
})
