import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AlertMatched, type EventOf, type MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { SaveAlertRequest } from '#contracts/search'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { noCompletion } from '#kit/idempotency'
import { eventOf } from '#kit/outbox'
import { saveAlert } from '../../../workers/search/alert.service.ts'
import { candidates } from '../../../workers/search/alert.store.ts'
import { goOnWithScans, matchAlerts } from '../../../workers/search/match.service.ts'
import { putListing } from '../../../workers/search/projection.store.ts'
import { sweep } from '../../../workers/search/sweep.service.ts'
import { posted, type Search, startSearch } from './alone.ts'

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())
beforeEach(() =>
  search.DB.batch(
    ['alerts', 'alert_matches', 'alert_scans', 'outbox'].map((table) =>
      search.DB.prepare(`DELETE FROM ${table}`),
    ),
  ),
)

type Posted = EventOf<'listing.posted'>
const anybody = () => newId('mem', Date.now())

async function save(request: object, memberId: MemberId = anybody()): Promise<string> {
  const saved = await saveAlert(search.DB, memberId, SaveAlertRequest.parse(request), noCompletion)
  if (!saved.ok) throw new Error(`alert refused: ${saved.refusal.code}`)
  return saved.value.alert.id
}

/** What was told so far, as `alert title`. */
async function told(): Promise<EventOf<'alert.matched'>['data'][]> {
  const rows = await search.DB.prepare('SELECT event FROM outbox ORDER BY rowid').all<{ event: string }>()
  return rows.results.map(({ event }) => AlertMatched.parse(JSON.parse(event)).data)
}
const toldTitles = async () => (await told()).map(({ listingTitle }) => listingTitle)

const changeOf = (
  { data, at }: Posted,
  version: number,
  now: Partial<Posted['data']>,
  before: { price: number; status: Posted['data']['status'] },
) =>
  eventOf(
    {
      type: 'listing.changed',
      aggregateId: data.id,
      version,
      actorId: data.seller.id,
      requestId: 'test',
      data: { ...data, ...now, changed: Object.keys(now), before },
    },
    at + version,
  )

describe('whom a posting is told', () => {
  test('is told what a search for the same words finds', async () => {
    const queries = [
      '치대',
      '자전거 거치대',
      'iphone15프로',
      '프로 IPHONE',
      '책',
      'ㅇㅁㅊㅅ',
      '의자',
      '냉장고',
      '자전ㄱ',
      'Größe',
    ]
    const ids = new Map<string, string>()
    for (const q of queries) ids.set(await save({ q: q.length < 2 ? `${q} ${q}` : q }), q)
    await search.hear([
      posted({ title: '접이식 자전거거치대 팝니다' }),
      posted({ title: '원목책상 새것', description: '의자는 없어요' }),
      posted({ title: 'iPhone15프로 256GB' }),
      posted({ title: '회전의자', description: '자전거 거치대 옆에서 거래해요' }),
      posted({ title: 'GRÖSSE 42 구두' }),
    ])
    const byWords = (await told()).map(({ alertId, listingTitle }) => `${ids.get(alertId)}: ${listingTitle}`)
    const found = []
    for (const q of queries) {
      const { items } = await search.find({ q })
      found.push(...items.map(({ title }) => `${q}: ${title}`))
    }
    expect(byWords.sort()).toEqual(found.sort())
    expect(found.length).toBeGreaterThan(8)
  })

  test.each([
    ['any price and place', {}, true],
    ['its category', { category: 'furniture' }, true],
    ['another category', { category: 'books' }, false],
    ['its very price', { minPrice: 30_000, maxPrice: 30_000 }, true],
    ['a lower price', { maxPrice: 29_999 }, false],
    ['a higher price', { minPrice: 30_001 }, false],
    ['a place nearby', { near: { lat: 37.556, lng: 126.902 }, radiusKm: 1 }, true],
    ['a place further off', { near: { lat: 37.57, lng: 126.902 }, radiusKm: 1 }, false],
  ])('who waits for it at %s: %s', async (_, filters, isTold) => {
    await save({ q: '원목 책장', ...filters })
    const location = { lat: 37.56, lng: 126.91 }
    await search.hear([posted({ title: '원목책장', category: 'furniture', price: 30_000, location })])
    expect(await toldTitles()).toEqual(isTold ? ['원목책장'] : [])
  })

  test('its seller is not told, nor is anybody of a thing that is not on sale', async () => {
    const seller = anybody()
    await save({ q: '찻잔' }, seller)
    await search.hear([posted({ title: '찻잔', sellerId: seller })])
    expect(await told()).toEqual([])
    await save({ q: '찻잔' })
    await search.hear([
      posted({ title: '찻잔', status: 'sold' }),
      posted({ title: '찻잔', status: 'hidden' }),
    ])
    expect(await told()).toEqual([])
  })

  test('the fact says who is told of what', async () => {
    const member = anybody()
    const alertId = await save({ q: '  찻잔 세트 ' }, member)
    const birth = posted({ title: '찻잔세트', price: 7_000 })
    await search.hear([birth])
    expect(await told()).toEqual([
      {
        alertId,
        memberId: member,
        q: '찻잔 세트',
        listingId: birth.data.id,
        listingTitle: '찻잔세트',
        price: 7_000,
        image: null,
      },
    ])
  })
})

describe('once', () => {
  const birth = () => posted({ title: '낡은 기타', price: 50_000 })
  const was = { price: 50_000, status: 'on_sale' as const }

  test('a posting heard again and again tells once', async () => {
    await save({ q: '기타' })
    const event = birth()
    await search.hear([event, event])
    await search.hear([event])
    expect(await told()).toHaveLength(1)
  })

  test('a fall of the price tells those whose limit it reaches, and nobody again', async () => {
    await save({ q: '기타' })
    const waiting = await save({ q: '기타', maxPrice: 40_000 })
    await save({ q: '기타', maxPrice: 30_000 })
    const event = birth()
    await search.hear([event])
    await search.hear([changeOf(event, 2, { price: 45_000 }, was)])
    expect(await told()).toHaveLength(1)
    await search.hear([changeOf(event, 3, { price: 40_000 }, { ...was, price: 45_000 })])
    expect((await told()).map(({ alertId }) => alertId).slice(1)).toEqual([waiting])
    await search.hear([changeOf(event, 4, { price: 60_000 }, { ...was, price: 40_000 })])
    await search.hear([changeOf(event, 5, { price: 40_000 }, { ...was, price: 60_000 })])
    expect(await told()).toHaveLength(2)
  })

  test('a return on sale tells those who began to wait meanwhile, and nobody again', async () => {
    await save({ q: '기타' })
    const event = birth()
    await search.hear([event, changeOf(event, 2, { status: 'reserved' }, was)])
    const late = await save({ q: '기타' })
    await search.hear([changeOf(event, 3, { status: 'on_sale' }, { ...was, status: 'reserved' })])
    expect((await told()).map(({ alertId }) => alertId).slice(1)).toEqual([late])
    expect(await told()).toHaveLength(2)
  })

  test('a change heard ahead of its posting tells, and the posting tells no more', async () => {
    await save({ q: '기타' })
    const event = birth()
    await search.hear([changeOf(event, 2, { title: '낡은 기타와 가방' }, was), event])
    expect(await toldTitles()).toEqual(['낡은 기타와 가방'])
  })

  test('a posting heard after its deletion tells nobody', async () => {
    await save({ q: '기타' })
    const event = birth()
    const { id, seller } = event.data
    const death = eventOf(
      {
        type: 'listing.deleted',
        aggregateId: id,
        version: 2,
        actorId: null,
        requestId: 'test',
        data: { id, sellerId: seller.id },
      },
      event.at + 1,
    )
    await search.hear([death, event])
    expect(await told()).toEqual([])
  })
})

describe('many', () => {
  const MANY = 1_200
  /** In one statement: a proxy of a database takes a trip for each. */
  beforeEach(async () => {
    const ids = Array.from({ length: MANY }, (_, index) => [newId('alr', index), newId('mem', index)])
    await search.DB.prepare(
      `INSERT INTO alerts (id, member_id, content, gram, q, created_at_ms)
       SELECT value ->> 0, value ->> 1, '[]', 't:화분', '화분', key FROM json_each(?)`,
    )
      .bind(JSON.stringify(ids))
      .run()
  })

  const scansLeft = async () =>
    (await search.DB.prepare('SELECT count(*) AS n FROM alert_scans').first<number>('n')) ?? 0

  test('more than one batch tells are all told, each once', async () => {
    const event = posted({ title: '큰 화분' })
    await search.hear([event, event])
    const alerts = (await told()).map(({ alertId }) => alertId)
    expect(alerts).toHaveLength(MANY)
    expect(new Set(alerts).size).toBe(MANY)
    expect(await scansLeft()).toBe(0)
  })

  test('a telling that was cut off is gone on with by the tick', async () => {
    const event = posted({ title: '작은 화분' })
    const { statements } = await matchAlerts({ DB: search.DB }, event)
    await search.DB.batch([...putListing(search.DB, event), ...statements])
    expect((await told()).length).toBeLessThan(MANY)
    expect(await scansLeft()).toBe(1)
    await Promise.all([goOnWithScans({ DB: search.DB }), goOnWithScans({ DB: search.DB })])
    expect(new Set((await told()).map(({ alertId }) => alertId)).size).toBe(MANY)
    expect(await told()).toHaveLength(MANY)
    expect(await scansLeft()).toBe(0)
  })

  test('a posting looks only at the alerts that wait on a token of its own', async () => {
    const asked = {
      grams: ['t:화분'],
      sellerId: anybody(),
      category: 'other' as const,
      price: 1,
      beforePrice: null,
    }
    let text = ''
    // Takes the statement's text to ask for its plan; the values are those of any posting.
    const listening = {
      prepare: (sql: string) => {
        text = sql
        return search.DB.prepare(sql)
      },
    }
    candidates(listening as D1Database, asked, 0, 500)
    const plan = await search.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind('["t:화분"]', 0, asked.sellerId, asked.category, asked.price, null, 500)
      .all<{ detail: string }>()
    const steps = plan.results.map(({ detail }) => detail)
    expect(steps.filter((step) => step.includes(' a '))).toEqual([
      'SEARCH a USING INDEX alerts_gram (gram=? AND seq>?)',
    ])
  })
})

test('alerts go with their member, who makes no new one; after a day the name is forgotten', async () => {
  const member = anybody()
  await save({ q: '책꽂이' }, member)
  const farewell: MadangEvent = eventOf(
    {
      type: 'member.withdrawn',
      aggregateId: member,
      version: 2,
      actorId: member,
      requestId: 'test',
      data: { memberId: member },
    },
    Date.now(),
  )
  await search.hear([farewell, farewell])
  await search.hear([posted({ title: '책꽂이' })])
  expect(await told()).toEqual([])
  await expect(save({ q: '책꽂이' }, member)).rejects.toThrow('REQUEST_IN_FLIGHT')
  await sweep(search.DB, Date.now() + 2 * DAY_MS)
  expect(await search.DB.prepare('SELECT 1 FROM withdrawn').first()).toBeNull()
})
