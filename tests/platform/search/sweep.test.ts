import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { suggestKeysOf } from '../../../workers/search/suggest.rules.ts'
import { countSearches } from '../../../workers/search/suggest.store.ts'
import { sweep } from '../../../workers/search/sweep.service.ts'
import { posted, type Search, startSearch } from './alone.ts'

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())

const searched = (term: string, visitors: string[], atMs: number) =>
  search.DB.batch(
    countSearches(
      search.DB,
      visitors.map((visitor) => ({ term, visitor, atMs, ...suggestKeysOf(term) })),
    ),
  )

test('a search counts for a day, once a visitor, and the tick may come twice', async () => {
  const nowMs = Date.now()
  await searched('어제의 텐트', ['a', 'b', 'c'], nowMs - DAY_MS - 1)
  await searched('오늘의 텐트', ['a', 'b'], nowMs)
  await searched('오늘의 텐트', ['a', 'b'], nowMs)
  expect((await search.popular()).map(({ text }) => text)).toEqual(['어제의 텐트', '오늘의 텐트'])
  expect(await sweep(search.DB, nowMs)).toBeGreaterThan(0)
  expect(await sweep(search.DB, nowMs)).toBe(0)
  expect((await search.popular()).map(({ text }) => text)).toEqual(['오늘의 텐트'])
  const left = await search.DB.prepare("SELECT text, weight FROM suggestions WHERE kind = 'query'").all()
  expect(left.results).toEqual([{ text: '오늘의 텐트', weight: 2 }])
})

test('a term one visitor made alone is not popular', async () => {
  await searched('혼자 찾는 것', ['a'], Date.now())
  expect((await search.popular()).map(({ text }) => text)).not.toContain('혼자 찾는 것')
  expect(await search.suggest('혼자')).toEqual([])
})

test('a tombstone goes only when nothing old can arrive any more', async () => {
  const { data } = posted({ title: '사라질 것' })
  const diedMs = Date.now()
  const death = eventOf(
    {
      type: 'listing.deleted',
      aggregateId: data.id,
      version: 2,
      actorId: null,
      requestId: 'test',
      data: { id: data.id, sellerId: newId('mem', diedMs) },
    },
    diedMs,
  )
  await search.hear([death])
  const tombstones = async () =>
    await search.DB.prepare('SELECT 1 FROM known WHERE listing_id = ?').bind(data.id).first()
  await sweep(search.DB, diedMs + 89 * DAY_MS)
  expect(await tombstones()).not.toBeNull()
  await sweep(search.DB, diedMs + 91 * DAY_MS)
  expect(await tombstones()).toBeNull()
})
